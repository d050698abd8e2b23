"""Pictures of a campaign: when each target was reported, who reported whom, and how far that is from chance.

Names stand beside the pictures, in the rows of their tables; titles and descriptions are translated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ostrakon.casework.campaigns import CampaignPage
from ostrakon.intake.models import Account, Reporter
from ostrakon.pages.charts import across, along, picture
from ostrakon.pages.html import Markup, h

CELL = 16
"""Width and height of a square of the matrix."""


@dataclass(frozen=True)
class TargetRow:
    """One target, and when the shown members reported it."""

    number: int
    account: Account
    drawn: Markup
    first_at: datetime | None


@dataclass(frozen=True)
class MemberRow:
    """One member, and which of the shown targets they reported."""

    reporter: Reporter
    drawn: Markup
    targets: Sequence[int]
    """By their numbers."""


def target_rows(page: CampaignPage) -> list[TargetRow]:
    """The targets in the order in which they were fallen upon; all on the same axis of time."""
    when: dict[int, list[datetime]] = {target.pk: [] for target in page.targets}
    for at, _reporter, account in page.times:
        when[account].append(at)
    order = sorted(page.targets, key=lambda target: (not when[target.pk], when[target.pk][:1], target.pk))
    begin, end = page.campaign.first_at, page.campaign.last_at
    return [
        TargetRow(number, target, _lane(when[target.pk], begin, end), min(when[target.pk], default=None))
        for number, target in enumerate(order, 1)
    ]


def member_rows(page: CampaignPage, targets: Sequence[TargetRow]) -> list[MemberRow]:
    """The members, the busiest first; columns are the targets by their numbers."""
    number = {row.account.pk: row.number for row in targets}
    hit: dict[int, list[int]] = {member.pk: [] for member in page.members}
    for member, account in page.pairs:
        hit[member].append(number[account])
    return [
        MemberRow(member, _squares(sorted(hit[member.pk]), len(targets)), sorted(hit[member.pk]))
        for member in page.members
    ]


def against_chance(lift: float) -> Markup:
    """What was seen, beside what chance would bring."""
    widest = max(lift, 1.0)
    return picture(
        "pair", _("Seen against expected"),
        _("They met %(lift)s times as often as chance would bring.") % {"lift": f"{lift:,.0f}"},
        h("rect", x="0%", width=along(1 / widest), y=4, height=12, rx=2, class_="pale"),
        h("rect", x="0%", width=along(lift / widest), y=24, height=12, rx=2, class_="other"), height=40,
    )  # fmt: skip


def _lane(times: Sequence[datetime], begin: datetime, end: datetime) -> Markup:
    span = max((end - begin).total_seconds(), 1.0)
    dots = [
        h("circle", cx=along((at - begin).total_seconds() / span), cy=8, r=3, class_="other") for at in times
    ]
    said = ngettext("%(n)s report by members", "%(n)s reports by members", len(times)) % {"n": len(times)}
    between = _("between %(first)s and %(last)s") % {
        "first": date_format(begin, "SHORT_DATETIME_FORMAT"),
        "last": date_format(end, "SHORT_DATETIME_FORMAT"),
    }
    return picture("lane", said, between, across(8, 0, 1, "track"), dots, height=16)


def _squares(hit: Sequence[int], targets: int) -> Markup:
    listed, side = ", ".join(map(str, hit)), CELL - 4
    squares = [
        h(
            "rect",
            x=n * CELL + 2,
            y=2,
            width=side,
            height=side,
            rx=2,
            class_="other" if n + 1 in hit else "pale",
        )
        for n in range(targets)
    ]
    return h(
        "svg", h("title", _("Who reported whom")), h("desc", _("Targets %(numbers)s") % {"numbers": listed}), squares,
        class_="chart cells", role="img", direction="ltr", width=targets * CELL, height=CELL,
    )  # fmt: skip
