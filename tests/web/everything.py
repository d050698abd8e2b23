"""A small house with one of each thing, and the address of every page: all that people wrote in it is Arabic."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.test import Client
from django.utils import timezone
from tests.casework import case as made
from tests.casework.linking import link
from tests.web.case import key_of, person, signed_in, source
from tests.web.measured import measurement
from tests.web.public.case import appeal_page_of, letter_about, page_of, receipt_page

from ostrakon.casework.actions.file_appeal import file_appeal
from ostrakon.casework.actions.judge_link import judge_link
from ostrakon.casework.actions.note import write_note
from ostrakon.casework.actions.prepare_batch import prepare_batch
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.actions.reinstate import open_reinstatement
from ostrakon.casework.actions.set_aside import set_aside
from ostrakon.casework.actions.tasks import open_task
from ostrakon.casework.batches import BatchPlan, Seen
from ostrakon.casework.models import Action, Case, Decision, Person, Role, Task
from ostrakon.casework.models.decisions import SUSPENSIONS
from ostrakon.casework.proposal import Proposal
from ostrakon.enforcement.subscriptions import add_webhook
from ostrakon.intake.lists import receive_list
from ostrakon.intake.models import Evidence
from ostrakon.triage.models import Campaign, Run, Valuation
from ostrakon.web.tokens import Scope

WORDS = "كلمات كتبها شخص"
NOW = timezone.now()
NO = Decision.Answer.NO
EN, FR, AR = "Harassment", "Harcèlement", "مضايقة"


def everything() -> list[tuple[Client, str]]:
    """Who opens which page."""
    staff = {role: person(f"p{number}", role) for number, role in enumerate(Role)}
    work, wave = _work(staff)
    return [
        *((signed_in(staff[role]), address) for role, address in [*work, *_settings(staff)]),
        *((signed_in(), address) for address in _public(wave)),
        *((signed_in(staff[Role.REVIEWER]), address) for address in ("/cases/999999", "/settings/people")),
    ]


def _work(staff: dict[Role, Person]) -> tuple[list[tuple[Role, str]], Decision]:
    reviewer, approver, lead = staff[Role.REVIEWER], staff[Role.APPROVER], staff[Role.SAFETY_LEAD]
    under = made.policy("harassment", en=EN, fr=FR, ar=AR)
    found, pressed = campaign(under.code, [made.case(made.account(f"t{n}"), under) for n in range(2)])
    aside = set_aside(lead, found.pk, [pressed[0].pk], WORDS, NOW)
    write_note(reviewer, pressed[0].pk, WORDS, NOW)
    _evidence(pressed[0])
    chidi = made.account("chidi", email="chidi@example.org", language="ar", handle="chidi")
    decided = made.decision_in_force(
        made.case(chidi, under, status="decided"), reviewer, approver, in_force_at=NOW
    )
    letter_about(decided)
    appeal = file_appeal(decided, filed_by="friend", text=WORDS, now=NOW)
    waiting = _proposal(reviewer, made.case(made.account("esi"), under), Action.SUSPEND)
    fast = _proposal(reviewer, made.case(made.account("femi"), under), Action.WARN)
    batch = prepare_batch(
        reviewer,
        BatchPlan(
            [Seen(made.case(made.account(f"b{n}"), under).pk, 0) for n in range(3)],
            Decision.Outcome.REJECTED, Action.NONE, "k",
        ),
        NOW,
    )  # fmt: skip
    kept = receive_list(
        b"chidi\nnobody\nchidi\n", actor=reviewer.actor, received_at=NOW, title=WORDS, publisher=WORDS,
        published_on=None, licence="CC0-1.0", url="https://watch.example/list.csv", policy="harassment",
        platform="local", named_by="id",
    )  # fmt: skip
    linked = judge_link(reviewer, link(pressed[0].account, chidi).pk, "same", WORDS, NOW)
    guessed = link(pressed[1].account, chidi)
    wave = open_reinstatement(lead, Decision.objects.filter(pk=fast.pk), reason=WORDS, now=NOW)
    with transaction.atomic():
        open_task(Task.Kind.WEBHOOK_FAILED, now=NOW, decision=fast, detail=WORDS)
    measurement()
    assert waiting.action in SUSPENSIONS
    assert aside.campaign == found
    return [
        *((Role.REVIEWER, address) for address in (
            "/queue", "/queue?pressure=yes", "/queue?status=decided", f"/cases/{pressed[0].pk}",
            f"/cases/{decided.case_id}", f"/cases/{waiting.case_id}", "/batches", f"/batches/{batch.pk}",
            f"/batches/new?policy={under.pk}", "/lists", "/lists/new", f"/lists/{kept.pk}", "/tasks",
            "/tasks?done=yes", "/links", "/links?over=yes", f"/links/{linked.pk}", f"/links/{guessed.pk}",
            "/me", "/settings",
        )),
        *((Role.APPROVER, address) for address in (
            "/approvals", f"/decisions/{waiting.pk}", f"/decisions/{decided.pk}", f"/batches/{batch.pk}",
        )),
        *((Role.APPEALS, address) for address in (
            "/appeals", f"/appeals/{appeal.pk}", "/reinstatements", "/reinstatements/new",
            f"/reinstatements/{wave.pk}",
        )),
        *((Role.SAFETY_LEAD, address) for address in (
            "/campaigns", f"/campaigns/{found.pk}", f"/campaigns/{found.pk}/panel", "/figures",
            "/figures?days=7", "/did-it-work", "/settings",
        )),
        *((Role.AUDITOR, address) for address in ("/record", f"/record?subject=case:{pressed[0].pk}")),
        *((Role.SAFETY_LEAD, address) for address in (
            "/settings/policies", "/settings/policies/new", f"/settings/policies/{under.pk}",
            f"/settings/policies/{under.pk}/revise", "/settings/templates", "/settings/templates/new",
            "/settings/templates/statement_of_reasons/ar", "/settings/retention", "/settings/retention/notes",
        )),
    ], decided  # fmt: skip


def campaign(code: str, cases: list[Case]) -> tuple[Campaign, list[Case]]:
    """Three people who reported both."""
    run = Run.objects.create(
        started_at=NOW, finished_at=NOW, version="1", parameters={}, seed=1, last_report=0, reports=6,
        decisions_as_of=NOW, input_sha256="0" * 64,
    )  # fmt: skip
    found = Campaign.objects.create(
        run=run, label="C1", kind="same hours", first_at=NOW, last_at=NOW + timedelta(hours=1), lift=42.0,
        q_value=1e-9, reports=6,
    )  # fmt: skip
    for on in cases:
        found.targets.add(on.account)
        for number in range(3):
            found.members.add(made.report(on.account, f"m{number}", code, text=WORDS).reporter)
        on.under_pressure = True
        on.valuation = Valuation.objects.create(
            run=run, account=on.account, policy=code, reports=3, reporters=3, independent_reports=1.2,
            probability=0.4, probability_low=0.2, probability_high=0.6, campaigns=1, is_current=True,
        )  # fmt: skip
        on.reports = 3
        on.save()
    return found, cases


def _evidence(on: Case) -> None:
    for digit, content, kind in (("a", b'{"text": "x"}', "application/json"), ("b", b"\x89PNG", "image/png")):
        Evidence.objects.create(
            account=on.account,
            sha256=digit * 64,
            content=content,
            media_type=kind,
            salted="b" * 64,
            taken_at=NOW,
        )


def _proposal(by: Person, on: Case, action: Action) -> Decision:
    asked = NO if action in SUSPENSIONS else None
    proposed = Proposal(
        on.pk, 0, Decision.Outcome.UPHELD, action, f"proposed-{on.pk}", WORDS,
        exempt_press=asked, exempt_research=asked, exempt_counter_speech=asked,
    )  # fmt: skip
    return propose(by, proposed, NOW)


def _settings(staff: dict[Role, Person]) -> list[tuple[Role, str]]:
    admin = staff[Role.ADMINISTRATOR]
    kept = source("forum")
    key_of(kept, Scope.REPORTS_WRITE)
    key_of(admin, Scope.ADMIN)
    hook, _secret = add_webhook(
        person=admin, url="https://hears.example/", events=["decision.in_force"], now=NOW
    )
    return [
        (Role.ADMINISTRATOR, address)
        for address in (
            "/settings", "/settings/people", f"/settings/people/{admin.pk}",
            f"/settings/people/{staff[Role.REVIEWER].pk}", "/settings/sources", f"/settings/sources/{kept.pk}",
            "/settings/webhooks", f"/settings/webhooks/{hook.pk}", "/settings/tokens",
        )
    ]  # fmt: skip


def _public(decision: Decision) -> list[str]:
    letter = decision.notices.filter(account__isnull=False).order_by("pk").last()
    assert letter is not None
    return [
        "/", "/about-reports-and-appeals", page_of(letter), appeal_page_of(decision), "/appeal",
        "/appeal/received", "/report", receipt_page("chidi"), "/notice/forged", "/accounts/login/",
    ]  # fmt: skip
