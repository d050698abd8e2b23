"""A measurement as a worker would have stored it, put together by hand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.utils import timezone

from ostrakon.analysis.figures import Figure, estimate, exact, refused
from ostrakon.impact.measures.twelve import TWELVE, missing
from ostrakon.impact.models import ImpactMeasurement

SHA = "ab" * 32
Figures = Mapping[tuple[str, str], Figure]
"""By the name of the measure and of the figure."""
WARNING = "lists 'a <b>bold</b>' and 'b' copy each other: taken as one"
TARGET: Figures = {
    ("known_active", "known_active"): exact("known_active", 3211, "accounts", "counted"),
    ("known_active", "ever_known"): exact("ever_known", 3, "accounts", "counted"),
    ("estimated_active", "population"): estimate(
        "population", 2500, 2400, 2750, "accounts", "MSE", warnings=[WARNING]
    ),
    ("survival", "median"): estimate("median", 45.2, 41.8, 49.4, "days", "Kaplan-Meier"),
    ("effect", "effect"): Figure("effect", -0.31, -0.46, -0.17, "fraction", "indicative", "SDID", ()),
}
PROTECTED: Figures = {
    ("known_active", "known_active"): exact("known_active", 31, "accounts", "counted"),
    ("collateral", "suspended"): exact("suspended", 11, "accounts", "counted"),
}
ROWS: Mapping[str, list[dict[str, Any]]] = {
    "active_by_day": [{"day": f"2026-01-{day:02}", "active": day} for day in range(1, 31)],
    "curve": [
        {"group": "all", "days": day / 2, "survival": 1 - day / 40, "low": 0.3, "high": 1.0} for day in range(30)
    ],
    "models": [
        {"method": "M0", "terms": "", "value": 10.0, "low": 8.0, "high": None, "aic": 1.0},
        {"method": "Mt", "terms": "", "value": 12.0, "low": 9.0, "high": 15.0, "aic": 1.0},
    ],
    "structure": [
        {
            "measure": "density", "before": 0.2, "after": 0.1, "random_low": 0.15, "random_median": 0.2,
            "random_high": 0.3, "random_p": 0.01,
        }
    ],
}  # fmt: skip


def measurement(
    target: Figures = TARGET, protected: Figures = PROTECTED, *, policy: str = ""
) -> ImpactMeasurement:
    """Whatever is not given is not shown."""
    measures = [
        {
            "number": measure.number, "name": measure.name, "question": str(measure.question), "seed": 0,
            "sources": [
                {"kind": "lists", "origin": "own", "file": None, "name": "", "rows": 12, "sha256": SHA},
                {"kind": "lists", "origin": "history", "file": 7, "name": "<i>old</i>.csv", "rows": 3, "sha256": SHA},
            ],
            "groups": {
                group: {
                    "figures": [
                        asdict(given.get((measure.name, name), refused(name, unit, "none", missing("lists"))))
                        for name, unit in measure.figures
                    ],
                    "tables": {name: ROWS[name] for name in measure.tables if name in ROWS},
                    "notes": [],
                }
                for group, given in (("target", target), ("protected", protected))
            },
        }
        for measure in TWELVE
    ]  # fmt: skip
    text = json.dumps(measures)
    now = timezone.now()
    return ImpactMeasurement.objects.create(
        as_of=now, policy=policy, seed=0, started_at=now, finished_at=now, versions={"ostrakon": "0"}, sources=[],
        measures=text, sha256=hashlib.sha256(text.encode()).hexdigest(),
    )  # fmt: skip
