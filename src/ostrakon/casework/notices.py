"""Notices are written in the transaction of what they tell: nothing happens to anybody without its reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from django.db.models import QuerySet

from ostrakon.casework.announcements import NoticesWritten, announce
from ostrakon.casework.areas import reports_of
from ostrakon.casework.languages import FALLBACK, choose, language_of
from ostrakon.casework.models import Appeal, Decision, Notice, NoticeTemplate
from ostrakon.casework.statement import Told, answer_of, outcome_of, statement_of
from ostrakon.casework.wording import render
from ostrakon.errors import Unfit
from ostrakon.intake.models import Reporter
from ostrakon.ledger.kinds import Kind as Recorded
from ostrakon.ledger.record import record

Kind = NoticeTemplate.Kind
AT_ONCE = 500
"""Reporters who are told in one step."""


def write_notice(kind: str, *, now: datetime, decision: Decision, appeal: Appeal | None = None) -> Notice:
    """Write to the person whose account a decision is about, in their language, and hand it to the outbox.

    Args:
        kind: a value of ``NoticeTemplate.Kind``, other than ``report_outcome``.
        appeal: what is answered; None: nobody appealed.
    Returns:
        The notice; one that was written before stays as it is: nobody is told the same thing twice.
    Raises:
        Unfit: there is no wording of this kind.
    """
    before = Notice.objects.filter(kind=kind, decision=decision, appeal=appeal, account=decision.account_id)
    if written := before.first():
        return written
    language = language_of(decision.account)
    template = template_for(kind, language)
    told = _told(kind, decision, appeal, language, now)
    notice = _unsaved(template, told, decision, now)
    notice.appeal, notice.account = appeal, decision.account
    notice.save(force_insert=True)
    _hand_over([notice], decision)
    return notice


def write_report_outcomes(decision: Decision, now: datetime) -> int:
    """Tell everybody who reported the case and left an address what came of it; gives how many.

    Who left none reads it where they reported, through that platform's connector.
    """
    templates = templates_in_force(Kind.REPORT_OUTCOME)
    told, count = outcome_of(decision, now), 0
    wordings: dict[int, Notice] = {}
    for reporters in _in_steps(decision):
        notices = [
            _outcome(wordings, _template(templates, Kind.REPORT_OUTCOME, r.language), told, decision, r, now)
            for r in reporters
        ]
        _hand_over(Notice.objects.bulk_create(notices), decision)
        count += len(notices)
    return count


def templates_in_force(kind: str) -> dict[str, NoticeTemplate]:
    """The last version in each language."""
    found = NoticeTemplate.objects.filter(kind=kind).order_by("version")
    return {template.language: template for template in found}


def template_for(kind: str, language: str) -> NoticeTemplate:
    """The wording in force that somebody who reads this language is written to in.

    Raises:
        Unfit: there is no wording of this kind.
    """
    return _template(templates_in_force(kind), kind, language)


def _template(templates: Mapping[str, NoticeTemplate], kind: str, language: str) -> NoticeTemplate:
    chosen = choose(templates, language or FALLBACK)
    if chosen is None:
        raise Unfit("there is no wording for this kind of notice: {kind}; write one first", kind=kind)
    return templates[chosen]


def _told(kind: str, decision: Decision, appeal: Appeal | None, language: str, now: datetime) -> Told:
    if kind == Kind.STATEMENT_OF_REASONS:
        return statement_of(decision, language=language, now=now)
    return answer_of(decision, appeal, language=language, now=now)


def _unsaved(template: NoticeTemplate, told: Told, decision: Decision, now: datetime) -> Notice:
    subject, body = render(template.subject, template.body, told)
    return Notice(
        kind=template.kind,
        decision=decision,
        language=template.language,
        template=template,
        statement=asdict(told),
        subject=subject,
        body=body,
        written_at=now,
    )


def _outcome(
    wordings: dict[int, Notice],
    template: NoticeTemplate,
    told: Told,
    decision: Decision,
    reporter: Reporter,
    now: datetime,
) -> Notice:
    """Everybody who reads one language reads the same words: they are made once."""
    if template.pk not in wordings:
        wordings[template.pk] = _unsaved(template, told, decision, now)
    first = wordings[template.pk]
    return Notice(
        kind=first.kind,
        decision=decision,
        reporter=reporter,
        language=first.language,
        template=template,
        statement=first.statement,
        subject=first.subject,
        body=first.body,
        written_at=now,
    )


def _hand_over(notices: Sequence[Notice], decision: Decision) -> None:
    announce(NoticesWritten(notices))
    record(
        Recorded.NOTICE_WRITTEN,
        actor="system",
        subject=f"decision:{decision.pk}",
        facts={
            "kind": notices[0].kind,
            "notices": [notice.pk for notice in notices],
            "templates": [*sorted({notice.template_id for notice in notices})],
        },
    )


def _in_steps(decision: Decision) -> Iterator[list[Reporter]]:
    """Those who reported the case and left an address, some at a time."""
    last = 0
    while found := list(_reporters(decision).filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        yield found
        last = found[-1].pk


def _reporters(decision: Decision) -> QuerySet[Reporter]:
    """Found from the reports of the case: how many others ever reported anything makes it no slower."""
    theirs = reports_of(decision.case).values("reporter")
    return Reporter.objects.filter(pk__in=theirs).exclude(email="")
