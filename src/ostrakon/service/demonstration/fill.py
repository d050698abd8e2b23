"""A week of a service, from nothing to a full house. Heavy: it loads the science."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from ostrakon.casework.actions.expire import expire_due
from ostrakon.casework.actions.open_cases import open_cases
from ostrakon.casework.actions.take_valuations import take_valuations
from ostrakon.casework.actions.weigh import weigh
from ostrakon.casework.links import appeal_link, notice_link
from ostrakon.casework.models import Decision, Notice, NoticeTemplate
from ostrakon.casework.models.decisions import SUSPENSIONS
from ostrakon.enforcement.delivery import deliver_due
from ostrakon.intake.models import Report
from ostrakon.intake.public_form import FORM
from ostrakon.service.demonstration.appeals import file_and_answer
from ostrakon.service.demonstration.arrivals import APP, add_sources, introduce, receive
from ostrakon.service.demonstration.desk import work
from ostrakon.service.demonstration.keys import hand_out_keys
from ostrakon.service.demonstration.past import bring_a_past
from ostrakon.service.demonstration.people import Cast, Login, hire
from ostrakon.service.demonstration.rules import write_rules
from ostrakon.service.demonstration.story import STORY
from ostrakon.service.demonstration.week import HOURS, Week, week_before
from ostrakon.web.receipts import receipt_of

SEED = 8
"""Of the week that is shown unless another is asked for."""
BEFORE = timedelta(days=30)
"""How long the team has been there when the week begins."""
POSTMAN = "demonstration"
MOST_LETTERS = 10_000
WEIGHED = (3, 5, 6)
"""Days, from 0, in whose evening all reports are weighed. A real service does it all the time."""


@dataclass(frozen=True)
class Demonstration:
    """What one needs to look around."""

    logins: tuple[Login, ...]
    """One a role at least; of two with the same role the first is meant."""
    notice: str
    """The address of a statement of reasons."""
    appeal: str
    """The address at which one appeals against the same decision."""
    receipt: str
    """Of a report through the public form."""


def _nobody_listens(step: str) -> None:
    pass


def fill(seed: int, now: datetime, *, say: Callable[[str], None] = _nobody_listens) -> Demonstration:
    """Fill tables that were just migrated with the demonstration world, its week ending now.

    Letters go where the configuration says; without a mail server each becomes a task.

    Args:
        seed: the same seed is the same week, but for secrets.
        say: is told each step that is done.
    """
    week = week_before(now, seed)
    say("a week on a platform")
    cast, logins = _open_the_house(week)
    say("people, rules, accounts")
    bring_a_past(seed, week.begins_at)
    say("files of the year before")
    for day in range(HOURS // 24):
        for hour in range(24 * day, 24 * day + 24):
            _live(week, cast, hour)
        if day in WEIGHED:
            weigh(week.at(24 * day + 24))
            take_valuations()
        _end_the_day(week.at(24 * day + 24))
        say(f"day {day + 1}")
    return _what_to_look_at(logins, now)


def _open_the_house(week: Week) -> tuple[Cast, tuple[Login, ...]]:
    at = week.begins_at - BEFORE
    with transaction.atomic():
        cast, logins = hire(at)
        write_rules(cast.lead, at)
        add_sources(cast.administrator, at)
        hand_out_keys(cast.administrator, APP, at)
        introduce(week)
    return cast, logins


def _live(week: Week, cast: Cast, hour: int) -> None:
    """An hour: people decide about what was there when it began, then what came in becomes cases."""
    with transaction.atomic():
        work(week, cast, hour)
        if event := STORY.get(hour):
            event(week, cast, week.at(hour))
        file_and_answer(week, cast, week.at(hour + 1))
        receive(week, hour)
        open_cases(week.at(hour + 1))


def _end_the_day(at: datetime) -> None:
    """What ran its time ends, and letters go out."""
    expire_due(at)
    with transaction.atomic():
        deliver_due(POSTMAN, at, MOST_LETTERS)


def _what_to_look_at(logins: tuple[Login, ...], now: datetime) -> Demonstration:
    decision = _suspension_to_appeal()
    notice = Notice.objects.get(decision=decision, kind=NoticeTemplate.Kind.STATEMENT_OF_REASONS)
    form = Report.objects.filter(source__name=FORM).order_by("pk").first()
    assert form is not None
    return Demonstration(logins, notice_link(notice, now), appeal_link(decision, now), receipt_of(form))


def _suspension_to_appeal() -> Decision:
    """The last that nobody has appealed against yet."""
    standing = Decision.objects.filter(status=Decision.Status.IN_FORCE, action__in=SUSPENSIONS)
    return standing.filter(appeals=None).latest("in_force_at", "pk")
