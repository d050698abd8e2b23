"""Believable campaigns for the tests and for looking at: a ring, a public list, four strangers on one account."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from tests.pages.names import ARABIC, HOSTILE, START, names

from ostrakon.pages.campaign import Burst, CampaignCard, Channel, Evidence, Member, Target

HOUR = 3600.0
FIRST = START.timestamp()

Reports = list[list[tuple[float, int]]]
"""For each target the time and the member of each report by a member."""


def ring(
    name: str,
    people: Sequence[str],
    accounts: Sequence[str],
    *,
    days: float,
    others: int,
    seed: int,
    part: float = 0.6,
) -> CampaignCard:
    """People who fall upon one account after the other, each within an hour or so."""
    rng = random.Random(seed)
    starts = sorted(FIRST + rng.random() * days * 24 * HOUR for _ in accounts)
    reports: Reports = [
        sorted((start + rng.expovariate(1 / 1500), who) for who in range(len(people)) if rng.random() < part)
        for start in starts
    ]
    targets = [
        _target(account, found, others, days, rng)
        for account, found in zip(accounts, reports, strict=True)
        if found
    ]
    bursts = _bursts(targets, reports, len(people))
    seen, expected = sum(b.returning for b in bursts), sum(b.returning_expected for b in bursts)
    return CampaignCard(
        campaign=name,
        kind="coordinated",
        declared=None,
        q_value=0.0004,
        lift=seen / expected if expected else float("inf"),
        seen=seen,
        expected=expected,
        interest=1.1,
        members=[
            Member(
                person,
                0.08 * ((who + 1) / len(people)) ** 3,
                sum(who == n for f in reports for _, n in f),
                0.21,
            )
            for who, person in enumerate(people)
        ],
        members_all=len(people),
        targets=targets,
        targets_all=len(targets),
        bursts=bursts,
        bursts_all=len(bursts),
        pairs=[(who, target) for target, found in enumerate(reports) for _, who in found],
        decided_targets=6,
        upheld_share=1 / 6,
        channels=CHANNELS,
    )


def _target(
    account: str, found: Sequence[tuple[float, int]], others: int, days: float, rng: random.Random
) -> Target:
    strangers = [
        FIRST + (rng.random() * 1.6 - 0.3) * days * 24 * HOUR for _ in range(rng.randrange(others + 1))
    ]
    dots = sorted([(at, True) for at, _ in found] + [(at, False) for at in strangers])
    outcome = rng.choice((None, None, "rejected", "rejected", "upheld"))
    return Target(account, len(found), found[0][0], found[-1][0], len(dots), outcome, dots)


def _bursts(targets: Sequence[Target], reports: Reports, people: int) -> list[Burst]:
    bursts: list[Burst] = []
    before: set[int] = set()
    for target, found in zip(targets, reports, strict=True):
        back = len({who for _, who in found} & before)
        by_chance = 0.012 * people * (1 - 0.5 ** len(bursts))
        bursts.append(
            Burst(
                target.account, target.first_at, target.last_at, len(found) + 2, len(found), back, by_chance
            )
        )
        before |= {who for _, who in found}
    return bursts


CHANNELS = (
    Channel("reporting together", 1e-12, 214, 3.1),
    Channel(
        "copied text",
        2e-5,
        61,
        4.4,
        (
            Evidence("He posts hate against us every day, please remove this account now!!", 41),
            Evidence("<b>Ban him</b> <script>alert(1)</script> \u202eevil", 12),
            Evidence("احذفوا هذا الحساب فورا، إنه يحرض على العنف ضد الناس (2026)", 8),
            Evidence("copy and paste " * 40, 6),
            Evidence("", 3),
            Evidence("one more", 2),
        ),
    ),
    Channel("created together", 0.0031, 18, 5.2, (Evidence("2026-09-01 10:00 to 12:00", 18),)),
    Channel("one inviter", 0.34, 3, 2.2),
)
_RNG = random.Random(11)
RING = ring("c1", names("ring", 30, _RNG), names("victim", 12, _RNG), days=4, others=16, seed=1)
LIST = replace(
    ring(
        "c2", [*ARABIC, *names("vol", 19, _RNG)], names("bot", 61, _RNG), days=40, others=3, seed=2, part=0.3
    ),
    kind="declared list",
    declared="list:\u202eL1",
    interest=2.6,
    decided_targets=44,
    upheld_share=0.91,
    channels=(*CHANNELS[:1], Channel("one list", 1e-9, 412, 12.0, (Evidence("list:L1", 412),))),
)
ONE_TARGET = replace(
    ring("<b>c3</b>", HOSTILE[:4], HOSTILE[4:5], days=0.2, others=300, seed=3, part=1),
    kind="call:\u202eX",
    q_value=None,
    lift=None,
    interest=None,
    decided_targets=0,
    upheld_share=None,
    channels=(),
)
CAMPAIGN_CARDS = [RING, LIST, ONE_TARGET]
