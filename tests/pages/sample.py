"""A believable page for the tests (and for looking at): hostile names, Arabic names, campaigns, decisions.

To look at it: ``python -m tests.pages.sample OUT.html``.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.pages.names import ARABIC, HOSTILE, START, names
from tests.pages.sample_campaigns import CAMPAIGN_CARDS

from ostrakon.analysis.calibration import Bin
from ostrakon.analysis.wilson import wilson
from ostrakon.analysis.worth.explain import Explanation, Interval, Voice
from ostrakon.pages.triage import Calibration, Counts, InputFile, Origin, TriagePage, triage_page

POLICIES = ("harassment", "spam", "hate speech", "impersonation", "unspecified", "تحريض")
PLAIN = ("@chidi:example.org", "did:plc:z72i7hdynmk6r22z27h6tvur", "kwame@social.example", "00417", "bram")


def queue_rows(count: int = 100) -> list[dict[str, Any]]:
    """Rows of the queue, most probable first, the last tenth decided."""
    rng = random.Random(7)
    accounts = [*PLAIN[:3], *ARABIC, *PLAIN[3:], *HOSTILE, *names("user", max(0, count - 28), rng)][:count]
    return [_queue_row(rank, account, count, rng) for rank, account in enumerate(accounts, 1)]


def _queue_row(rank: int, account: str, count: int, rng: random.Random) -> dict[str, Any]:
    probability = max(0.0004, 0.9991 * (1 - (rank - 1) / count) ** 1.4)
    spread = rng.uniform(0.02, 0.22) * (probability * (1 - probability) * 4) ** 0.5 + 0.003
    crowd = rng.random() < 0.2
    reporters = rng.randrange(80, 600) if crowd else rng.randrange(1, 14)
    return {
        "rank": rank,
        "account": account,
        "policy": POLICIES[rng.randrange(len(POLICIES))],
        "reports": reporters + rng.randrange(0, 3),
        "reporters": reporters,
        "independent_reports": rng.uniform(1.2, 6) if crowd else reporters * rng.uniform(0.7, 1),
        "probability": probability,
        "probability_low": max(0.0, probability - spread),
        "probability_high": min(1.0, probability + spread * 0.8),
        "campaigns": ("c1;c2" if rng.random() < 0.3 else "c1") if crowd else None,
        "decided": rng.choice(("upheld", "rejected", "overturned")) if rank > count * 0.9 else None,
    }


def reporter_rows(count: int = 50) -> list[dict[str, Any]]:
    """Records of reporters, hostile names among them."""
    rng = random.Random(8)
    people = ["@alice:example.org", ARABIC[1], HOSTILE[3], *names("rep", max(0, count - 3), rng)][:count]
    return [_reporter_row(name, rng) for name in people]


def _reporter_row(name: str, rng: random.Random) -> dict[str, Any]:
    decided = rng.choice((0, 0, 2, 5, 21, 140))
    upheld = sum(rng.random() < 0.7 for _ in range(decided))
    mean = (upheld + 1.0) / (decided + 2.5)
    low, high = wilson(mean * (decided + 2.5), decided + 2.5)
    return {
        "reporter": name,
        "reports": decided * 2 + rng.randrange(1, 30),
        "decided": float(decided),
        "upheld": float(upheld),
        "precision": mean,
        "precision_low": low,
        "precision_high": high,
        "campaigns": "c1" if rng.random() < 0.2 else None,
    }


def campaign(
    name: str, sizes: tuple[int, int, int], days: tuple[float, float], kind: str, **tested: float
) -> dict[str, Any]:
    """One row of campaigns; ``sizes`` are members, targets and reports, ``days`` count from START."""
    return {
        "campaign": name,
        **dict(zip(("members", "targets", "reports"), sizes, strict=True)),
        **{
            f"{end}_at": START + timedelta(days=day) for end, day in zip(("first", "last"), days, strict=True)
        },
        **{column: tested.get(column) for column in ("lift", "q_value", "upheld_share")},
        "kind": kind,
    }


CAMPAIGNS = [
    campaign("c1", (512, 14, 3120), (0, 1.3), "coordinated", lift=84.2, q_value=1e-9, upheld_share=0.04),
    campaign("c2", (23, 61, 604), (-40, 3), "declared list", lift=6.4, q_value=0.0021, upheld_share=0.91),
    campaign("<b>c3</b>", (7, 3, 20), (0, 0.006), "call:\u202eX"),
]


def explanations(rows: Sequence[dict[str, Any]], count: int = 25) -> list[Explanation]:
    """One card for each of the first rows."""
    rng = random.Random(9)
    return [_explanation(row, rng) for row in rows[:count]]


def _explanation(row: dict[str, Any], rng: random.Random) -> Explanation:
    spread = rng.choice((0.4, 9, 30, 300))
    times = sorted(START + timedelta(hours=rng.betavariate(1.2, 3) * spread) for _ in range(row["reporters"]))
    crowd = row["campaigns"] is not None
    return Explanation(
        account=row["account"],
        policy=row["policy"],
        decided=row["decided"],
        probability=Interval(row["probability"], row["probability_low"], row["probability_high"]),
        base_rate=0.21,
        reports=row["reports"],
        reporters=row["reporters"],
        independent_reports=row["independent_reports"],
        first_at=times[0],
        last_at=times[-1],
        exposure=rng.choice((None, 1200.0, 48210.0)),
        times=tuple(times),
        campaign_times=tuple(times[: len(times) * 2 // 3]) if crowd else (),
        voices=_voices(row, crowd, rng),
        other_voices=rng.choice((0, 1, 31)),
        reasons_for=(
            "Three reporters who were right 19 of 21 times reported it independently of each other.",
            "The reports came over nine days, not all at once.",
        ),
        reasons_against=(
            (
                f"{row['reporters']} of the {row['reports']} reports come from one campaign, and count as one voice.",
                "Reports by this campaign were upheld in 4 of 100 decided cases.",
            )
            if crowd
            else ()
        ),
    )


def _voices(row: dict[str, Any], crowd: bool, rng: random.Random) -> tuple[Voice, ...]:
    people = [ARABIC[0], *names("rep", 4, rng), HOSTILE[rng.randrange(len(HOSTILE))]][
        : max(1, min(6, row["reporters"]))
    ]
    voices = [_voice((name,), None, rng) for name in people]
    if crowd:
        voices.append(_voice(tuple(sorted(names("ring", row["reporters"], rng))), "c1", rng))
    return tuple(sorted(voices, key=lambda voice: -abs(voice.moved)))


def _voice(reporters: tuple[str, ...], campaign: str | None, rng: random.Random) -> Voice:
    decided = rng.choice((0, 4, 21, 96))
    upheld = round(decided * rng.uniform(0.02, 0.1) if campaign else decided * rng.uniform(0.6, 0.97))
    mean = (upheld + 1.2) / (decided + 2.4)
    low, high = wilson(mean * (decided + 2.4), decided + 2.4)
    moved = -rng.uniform(0.02, 0.08) if campaign else rng.uniform(-0.004, 0.19)
    return Voice(
        reporters,
        campaign,
        rng.uniform(0.6, 1.06),
        float(decided),
        float(upheld),
        Interval(mean, low, high),
        moved,
    )


def bins(count: int = 15) -> list[Bin]:
    """Bins of a well calibrated run."""
    rng = random.Random(3)
    found = []
    for number in range(count):
        predicted = ((number + 0.5) / count) ** 1.7
        hits = sum(rng.random() < predicted for _ in range(48))
        found.append(Bin(predicted, hits / 48, *wilson(hits, 48), 48))
    return found


ORIGIN = Origin(
    version="0.1.0",
    seed=20260901,
    files=[
        InputFile("reports.csv.gz", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", 5319),
        InputFile(
            "decisions.ndjson", "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752", 720
        ),
        InputFile(
            "<i>\u202eaccounts.csv", "fd61a03af4f77d870fc21e05e7e80678095c92d808cfb3b5c279ee04c74aca13"
        ),
    ],
    parameters={
        "interval": "90 %",
        "campaigns": True,
        "columns": "reporter=<rater>,account=ratee",
        "burst window": "6 h",
    },
    notes=[
        "312 times without a zone were read as UTC.",
        "Unknown columns were ignored: colour, <b>mood</b>, \u202eedis.",
        "No propensities were given; they were estimated from the order of the queue.",
    ],
    rejected={"reported_at is not a time": 4, "account is empty": 3, "<script>": 1},
)


def sample_page() -> TriagePage:
    """A page as large as pages get."""
    rows = queue_rows()
    cards = explanations(rows)
    return TriagePage(
        counts=Counts(5312, 2104, 531, len(POLICIES), 187, 8, 720, 1204.3),
        queue=rows,
        queue_rows=611,
        explanations=cards,
        reporters=reporter_rows(),
        reporter_rows=2104,
        campaigns=CAMPAIGNS,
        campaign_rows=3,
        campaign_cards=CAMPAIGN_CARDS,
        calibration=Calibration(
            bins(),
            0.031,
            "720 decided rows; each probability leaves its own decision out, weighted by 1 / propensity.",
        ),
        origin=ORIGIN,
        probabilities=[random.Random(n).betavariate(0.7, 2.1) for n in range(611)],
    )


def empty_page() -> TriagePage:
    """Nothing could be used."""
    return TriagePage(
        counts=Counts(0, 0, 0, 0, 0, 12, 0, 0.0),
        queue=(),
        queue_rows=0,
        explanations=(),
        reporters=(),
        reporter_rows=0,
        campaigns=(),
        campaign_rows=0,
        calibration=Calibration(None, None, "there are no decisions to compare with."),
        origin=Origin(
            version="0.1.0", seed=None, files=ORIGIN.files[:1], rejected={"reported_at is not a time": 12}
        ),
    )


def one_row_page() -> TriagePage:
    """One account, no decisions, campaigns not looked for."""
    rows = [{**queue_rows(2)[0], "decided": None}]
    return replace(
        empty_page(),
        counts=Counts(1, 1, 1, 1, 0, 0, 0, 1.0),
        queue=rows,
        queue_rows=1,
        explanations=explanations(rows),
        reporters=reporter_rows(1),
        reporter_rows=1,
        campaigns=None,
        probabilities=[rows[0]["probability"]],
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(triage_page(sample_page()), encoding="utf-8")
