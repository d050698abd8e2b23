"""Some come back, some look as if they had: new accounts that are searched for, and what people make of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from ostrakon.casework.actions.judge_link import judge_link
from ostrakon.casework.actions.look_for_returners import SETTLED, look_for_returners
from ostrakon.casework.actions.open_cases import open_cases
from ostrakon.casework.linked import needs_a_senior
from ostrakon.casework.models import Decision, LinkJudgement
from ostrakon.casework.models.decisions import SUSPENSIONS
from ostrakon.intake.accounts import AccountFacts
from ostrakon.intake.incoming import Incoming
from ostrakon.intake.models import Account, Report
from ostrakon.intake.profiles import ProfileFacts, note_profiles
from ostrakon.service.demonstration.arrivals import APP, deliver
from ostrakon.service.demonstration.chance import share
from ostrakon.service.demonstration.people import Cast
from ostrakon.service.demonstration.week import PLATFORM, Week
from ostrakon.triage.models import Link

RETURNERS, FANS, NAMESAKES, STRANGERS = 6, 2, 2, 20
"""New accounts of each kind; strangers have nothing to do with anybody who is suspended."""
KNOWN = 150
"""Accounts, suspended or not, of which the platform tells how they show themselves."""
FRIENDS = 14
POLICY = "violent-extremism"


def some_come_back(week: Week, cast: Cast, at: datetime) -> None:
    """The platform tells how accounts show themselves; new ones are reported, searched for, and some links judged."""
    suspended = [d.account for d in _suspensions()]
    known = [*suspended, *_others([account.pk for account in suspended])][:KNOWN]
    note_profiles([_old(account, at) for account in known], told_at=at - timedelta(hours=2))
    new = [*_returned(suspended, at), *_look_alikes(suspended, at), *_strangers(at)]
    note_profiles(new, told_at=at - timedelta(hours=1))
    deliver([_reported(row.account.external_id, at) for row in new], APP, at - timedelta(minutes=30))
    open_cases(at)
    look_for_returners(at + SETTLED)
    _judge_some(cast, at + timedelta(minutes=20))


def _suspensions() -> Sequence[Decision]:
    standing = Decision.objects.filter(status=Decision.Status.IN_FORCE, action__in=SUSPENSIONS)
    return list(standing.select_related("account").order_by("pk"))


def _others(suspended: Sequence[int]) -> Sequence[Account]:
    """Reported and never suspended: what is found behind these is wrong."""
    reported = Report.objects.values("account")
    return list(Account.objects.filter(pk__in=reported).exclude(pk__in=suspended).order_by("pk")[:KNOWN])


def _old(account: Account, at: datetime) -> ProfileFacts:
    name = account.external_id
    return _profile(name, name.removeprefix("@"), _bio(name), _friends(name), at - timedelta(days=2), None)


def _returned(suspended: Sequence[Account], at: datetime) -> list[ProfileFacts]:
    """With a counter, or a wholly new name; with most of their friends."""
    rows = []
    for number, account in enumerate(suspended[:RETURNERS]):
        old = account.external_id
        handle = f"{old.removeprefix('@')}_{number + 2}" if number % 3 else f"north_wind_{number}"
        bio = _bio(old) if number % 2 else ""
        rows.append(_profile(f"@{handle}", handle, bio, _friends(old)[:9], at, 3 - number / 4))
    return rows


def _look_alikes(suspended: Sequence[Account], at: datetime) -> list[ProfileFacts]:
    """Fans have some of the friends, namesakes the name: neither is enough."""
    rows = []
    for number, account in enumerate(suspended[RETURNERS : RETURNERS + FANS]):
        handle = f"quiet_reader_{number}"
        rows.append(_profile(f"@{handle}", handle, "", _friends(account.external_id)[:5], at, 4))
    for account in suspended[RETURNERS + FANS : RETURNERS + FANS + NAMESAKES]:
        handle = f"{account.external_id.removeprefix('@')}1"
        rows.append(_profile(f"@{handle}", handle, "", _friends(handle), at, 2))
    return rows


def _strangers(at: datetime) -> list[ProfileFacts]:
    handles = [f"garden_{number}_{int(share('stranger', number) * 1e6):06}" for number in range(STRANGERS)]
    return [_profile(f"@{handle}", handle, "", _friends(handle), at, 5) for handle in handles]


def _profile(
    account: str, handle: str, bio: str, follows: Sequence[str], at: datetime, days_old: float | None
) -> ProfileFacts:
    created_at = None if days_old is None else at - timedelta(days=days_old)
    facts = AccountFacts(PLATFORM, account, handle=handle, created_at=created_at)
    shown = handle.replace("_", " ").title()
    return ProfileFacts(facts, at - timedelta(hours=3), shown, bio, follows=tuple(follows))


def _friends(name: str) -> list[str]:
    """Rare ones of its own, and two whom everybody follows."""
    rare = [f"@friend_{int(share(name, number) * 1e9)}" for number in range(FRIENDS)]
    return [*rare, "@town_news", "@weather"]


def _bio(name: str) -> str:
    return f"signal {int(share('bio', name) * 1e6)} from the hills"


def _reported(account: str, at: datetime) -> Incoming:
    return Incoming(
        platform=PLATFORM,
        external_id=f"return:{account}",
        account=account,
        reporter="@neighbour",
        reported_at=at - timedelta(hours=1),
        policy=POLICY,
        text="This account is new and posts what another one was suspended for.",
    )


def _judge_some(cast: Cast, at: datetime) -> None:
    """One is confirmed, of one nobody can tell, the others wait."""
    Verdict = LinkJudgement.Verdict
    said = (
        (Verdict.SAME, "Nine of the rare friends, the name with a number behind it, made three days later."),
        (
            Verdict.CANNOT_TELL,
            "The friends agree, but they are those of the whole group, and nothing else does.",
        ),
    )
    links = [
        link
        for link in Link.objects.filter(status=Link.Status.OPEN).order_by("pk")
        if not needs_a_senior(link)
    ]
    for reviewer, link, (verdict, why) in zip(cast.reviewers, links, said, strict=False):
        judge_link(reviewer, link.pk, verdict, why, at)
