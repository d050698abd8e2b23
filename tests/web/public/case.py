"""What tests of the public pages stand on: a decision about Chidi, the letter about it, and what people write."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from django.utils import timezone
from tests.casework import case as made

from ostrakon.casework.links import appeal_link, notice_link
from ostrakon.casework.models import Decision, Notice, NoticeTemplate, Role
from ostrakon.casework.notices import write_notice
from ostrakon.intake.models import Account, Report
from ostrakon.web.receipts import receipt_of

TEXTS = {"en": "Harassment", "fr": "Harcèlement", "ar": "مضايقة"}


def decision_on_chidi(language: str = "en", texts: dict[str, str] = TEXTS, **fields: Any) -> Decision:
    """A suspension in force, of somebody who reads this language, under a policy with these titles."""
    chidi = made.account("chidi", handle="chidi.example", language=language)
    case = made.case(chidi, made.policy(**texts))
    alice, bram = made.person("alice", Role.REVIEWER), made.person("bram", Role.APPROVER)
    return made.decision_in_force(case, alice, bram, **{"in_force_at": timezone.now(), **fields})


def letter_about(decision: Decision, kind: str = NoticeTemplate.Kind.STATEMENT_OF_REASONS) -> Notice:
    return write_notice(kind, now=timezone.now(), decision=decision)


def page_of(notice: Notice) -> str:
    """The address of its page."""
    return urlsplit(notice_link(notice, timezone.now())).path


def appeal_page_of(decision: Decision) -> str:
    return urlsplit(appeal_link(decision, timezone.now())).path


def receipt_page(account: str = "esi", **fields: Any) -> str:
    """Of a report on somebody."""
    reported = Account.objects.filter(external_id=account).first() or made.account(account)
    return f"/report/{receipt_of(made.report(reported, 'dora', **{'received_at': timezone.now(), **fields}))}"


def every_page() -> dict[str, str]:
    """The address of one page of each kind."""
    decision = decision_on_chidi()
    return {
        "about": "/about-reports-and-appeals",
        "notice": page_of(letter_about(decision)),
        "appeal": appeal_page_of(decision),
        "on behalf": "/appeal",
        "received": "/appeal/received",
        "report": "/report",
        "status": receipt_page(),
        "refused": "/notice/forged",
        "home": "/",
    }


def plea(**fields: Any) -> dict[str, Any]:
    return {"account": "chidi", "filed_by": "crowd", "text": "They only quoted it.", **fields}


def report(**fields: Any) -> dict[str, Any]:
    told = {"account": "chidi", "location": "https://example.org/1", "text": "a threat", "good_faith": "on"}
    return {**told, **fields}


def said_in(report: Report) -> dict[str, str | None]:
    """What a report keeps, and of whom."""
    assert report.evidence is not None
    return {
        "account": report.account.external_id,
        "location": report.evidence.location,
        "text": report.text,
        "policy": report.policy,
        "name": report.reporter.name,
        "email": report.reporter.email,
        "language": report.reporter.language,
    }


def browser(**options: Any) -> Client:
    return Client(raise_request_exception=False, **options)
