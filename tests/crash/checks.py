"""Runs inside the service when all is quiet: was everything kept that was promised, and nothing done twice?

Reads what the clients were told (JSON on standard input); prints what is wrong, and some numbers.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.crash.names import words

from ostrakon.service.begin import begin

begin()

from django.db.models import F, Max  # noqa: E402  Django is set up first

from ostrakon.casework.models import Case, Decision, Notice, NoticeTemplate, Progress  # noqa: E402
from ostrakon.enforcement.letters import effect_of  # noqa: E402
from ostrakon.enforcement.models import Attempt, Dispatch  # noqa: E402
from ostrakon.intake.models import Report  # noqa: E402
from ostrakon.intake.store import hash_of_reports  # noqa: E402
from ostrakon.ledger.kinds import Kind  # noqa: E402
from ostrakon.ledger.models import Entry  # noqa: E402

STEPS = [kind for kind in Kind if kind.startswith("decision_")]


def reports(told: dict[str, int]) -> Iterator[str]:
    """Every acknowledged report is there once, under its number, with its words; and all are on the record."""
    rows = Report.objects.values_list("external_id", "pk", "text")
    kept = {name: (number, text) for name, number, text in rows}
    for name, number in told.items():
        if kept.get(name) != (number, words(name)):
            yield f"report {name} was acknowledged as {number}; kept is {kept.get(name)}"
    if len(kept) != Report.objects.count():
        yield "reports with one id twice"
    recorded = [facts(entry) for entry in Entry.objects.filter(kind=Kind.REPORTS_RECEIVED).order_by("number")]
    if sum(entry["count"] for entry in recorded) != len(kept):
        yield f"{len(kept)} reports are kept, {sum(entry['count'] for entry in recorded)} are on the record"
    for entry in recorded:
        if hash_of_reports(entry["first"], entry["last"]) != entry["sha256"]:
            yield f"reports {entry['first']} to {entry['last']} are not those on the record"


def cases() -> Iterator[str]:
    """Every report has its case, and none is counted twice."""
    last = Report.objects.aggregate(last=Max("pk"))["last"]
    if Progress.objects.get(job="open_cases").last != last:
        yield "not every report has its case"
    reported = Counter(Report.objects.values_list("account", flat=True))
    opened = Counter(Case.objects.values_list("account", flat=True))
    if set(reported) != set(opened) or max(opened.values()) > 1:
        yield "cases and reported accounts differ"


def decisions(told: dict[str, Any]) -> Iterator[str]:
    """Every acknowledged step was done, once, by whom it was said."""
    by_number = Decision.objects.in_bulk()
    steps = Counter(
        Entry.objects.filter(kind__in=STEPS, subject__startswith="decision:").values_list("subject", "kind")
    )
    for number, action in told["proposals"].items():
        if int(number) not in by_number or by_number[int(number)].action != action:
            yield f"proposal {number} was acknowledged and is not kept"
    for number in told["approvals"]:
        if by_number[number].in_force_at is None or by_number[number].approved_by_id is None:
            yield f"decision {number} was approved and is not in force"
    for number in told["reversals"]:
        if by_number[number].status != Decision.Status.REVERSED:
            yield f"decision {number} was reversed and stands"
    for number, decision in by_number.items():
        done = {kind: count for (subject, kind), count in steps.items() if subject == f"decision:{number}"}
        if any(count > 1 for count in done.values()):
            yield f"decision {number}: a step is on the record twice: {done}"
        if (Kind.DECISION_IN_FORCE in done) != (decision.in_force_at is not None):
            yield f"decision {number}: in force and on the record differ"
        if (Kind.DECISION_REVERSED in done) != (decision.status == Decision.Status.REVERSED):
            yield f"decision {number}: reversed and on the record differ"
        if (
            decision.is_suspension
            and decision.in_force_at
            and decision.approved_by_id in (None, decision.proposed_by_id)
        ):
            yield f"decision {number}: a suspension without a second person"


def notices() -> Iterator[str]:
    """Every decision with an action was told, once; every letter has one dispatch, and one receipt on the record."""
    acted = Decision.objects.filter(in_force_at__isnull=False).exclude(action="none")
    statements = Notice.objects.filter(kind=NoticeTemplate.Kind.STATEMENT_OF_REASONS, account__isnull=False)
    if sorted(statements.values_list("decision", flat=True)) != sorted(acted.values_list("pk", flat=True)):
        yield "decisions that act and statements of reasons differ"
    unfinished = Dispatch.objects.exclude(state__in=["delivered", "cancelled"]).exclude(channel="platform")
    for dispatch in unfinished:
        yield f"dispatch {dispatch.pk} ({dispatch.key}) is {dispatch.state} after {dispatch.attempts} attempts"
    receipts = Counter(Entry.objects.filter(kind=Kind.DISPATCH_DELIVERED).values_list("subject", flat=True))
    delivered = {
        f"dispatch:{number}"
        for number in Dispatch.objects.filter(state="delivered").values_list("pk", flat=True)
    }
    if set(receipts) != delivered or any(count > 1 for count in receipts.values()):
        yield "deliveries and receipts on the record differ"
    for dispatch in Dispatch.objects.annotate(last=Max("tries__number")).exclude(last=F("attempts")):
        if dispatch.attempts:
            yield f"dispatch {dispatch.pk}: attempts are not written down"


def letters() -> dict[str, int]:
    """How often each effect that went out by e-mail was tried, by its id."""
    sent = Dispatch.objects.filter(channel="email", attempts__gt=0).select_related("notice")
    return {
        effect_of(dispatch.key, dispatch.notice.written_at): dispatch.attempts
        for dispatch in sent
        if dispatch.notice
    }


def facts(entry: Entry) -> dict[str, Any]:
    return dict(json.loads(entry.body)["facts"])


def main() -> None:
    told = json.load(sys.stdin)
    problems = [*reports(told["reports"]), *cases(), *decisions(told), *notices()]
    counts = {
        "reports": Report.objects.count(),
        "decisions": Decision.objects.count(),
        "in force": Decision.objects.filter(in_force_at__isnull=False).count(),
        "dispatches": Dispatch.objects.count(),
        "cut off while sending": Attempt.objects.filter(outcome="unknown").count(),
        "entries": Entry.objects.count(),
    }
    print(json.dumps({"problems": problems, "counts": counts, "letters": letters()}))  # noqa: T201


if __name__ == "__main__":
    main()
