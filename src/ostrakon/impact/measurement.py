"""Measure, keep, and measure again: the same data and seed give the same bytes. Heavy: loads the science."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

from django.db import transaction
from django.utils import timezone

from ostrakon import __version__
from ostrakon.analysis.figures import Measured
from ostrakon.casework.models import Decision
from ostrakon.errors import NotThere
from ostrakon.impact.inputs import GROUPS, Group, Inputs, read_inputs
from ostrakon.impact.measures.thin import thinned
from ostrakon.impact.measures.twelve import TWELVE, WORKS, Measure, measured
from ostrakon.impact.models import HistoryFile, ImpactMeasurement, MeasuringAsked
from ostrakon.intake.models import PublishedList
from ostrakon.ledger.chain import Fact
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record

LIBRARIES = ("numba", "numpy", "polars", "scipy")
EVERY = timedelta(days=1)


def measure_if_due(now: datetime) -> ImpactMeasurement | None:
    """Measure where the last one is a day old, or somebody asked for it since; nothing where there is nothing."""
    if not _is_anything_there():
        return None
    last = ImpactMeasurement.objects.filter(policy="").order_by("-as_of").first()
    asked = MeasuringAsked.objects.order_by("-at").values_list("at", flat=True).first()
    if last is None or now - last.as_of >= EVERY or (asked is not None and asked > last.as_of):
        return measure_impact(now)
    return None


def _is_anything_there() -> bool:
    """Was anybody decided about, listed, or brought along in a file?"""
    in_use = HistoryFile.objects.filter(withdrawn_at=None)
    return in_use.exists() or Decision.objects.exists() or PublishedList.objects.exists()


def measure_impact(as_of: datetime, *, policy: str = "", seed: int = 0) -> ImpactMeasurement:
    """Measure everything as it stood at a time, and keep it.

    Args:
        policy: of which decisions; empty: of all.
    Raises:
        NotReady: a history file is not on this machine.
    """
    started = timezone.now()
    inputs = read_inputs(as_of, policy)
    text = canonical(measures_of(inputs, seed))
    made = ImpactMeasurement(
        as_of=as_of, policy=policy, seed=seed, started_at=started, finished_at=timezone.now(),
        versions=versions(), sources=[asdict(source) for source in inputs.sources], measures=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )  # fmt: skip
    with transaction.atomic():
        made.save(force_insert=True)
        inputs_sha256 = _of_sources(made.sources)
        facts: dict[str, Fact] = {
            "sha256": made.sha256,
            "seed": seed,
            "inputs": inputs_sha256,
            "policy": policy,
        }
        record(Kind.IMPACT_MEASURED, actor="system", subject=f"measurement:{made.pk}", facts=facts)
    return made


def measures_of(inputs: Inputs, seed: int) -> list[dict[str, Any]]:
    """Each of the twelve for each group, as it is kept."""
    done = {group: _works(inputs, group, seed) for group in GROUPS}
    return [
        {
            "number": measure.number,
            "name": measure.name,
            "question": str(measure.question),
            "seed": seed,
            "sources": inputs.sources_of([*WORKS[measure.work].needs, *WORKS[measure.work].uses]),
            "groups": {group: _part(measure, done[group][measure.work]) for group in GROUPS},
        }
        for measure in TWELVE
    ]


def canonical(value: Any) -> str:
    """JSON, the same for the same value."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


# -- again -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Checked:
    """What came of measuring again."""

    number: int
    is_identical: bool
    """Every byte of it."""
    changed_sources: Sequence[str]
    """Kinds whose data are no longer what they were."""
    differing: Sequence[str]
    """Measures that came out otherwise though their data are the same: these must not be."""
    versions: Mapping[str, tuple[str, str]]
    """Libraries that were other ones then, with their versions then and now."""


def check(number: int) -> Checked:
    """Measure as of the same time with the same seed, and compare.

    Raises:
        NotThere: there is no such measurement.
    """
    kept = ImpactMeasurement.objects.filter(pk=number).first()
    if kept is None:
        raise NotThere("there is no measurement {number}", number=number)
    inputs = read_inputs(kept.as_of, kept.policy)
    again = measures_of(inputs, kept.seed)
    before = {measure["name"]: measure for measure in json.loads(kept.measures)}
    differing = [
        measure["name"]
        for measure in json.loads(canonical(again))
        if (old := before.get(measure["name"])) is None
        or (old["sources"] == measure["sources"] and old != measure)
    ]
    now = versions()
    return Checked(
        number,
        canonical(again) == kept.measures,
        _changed(kept.sources, [asdict(source) for source in inputs.sources]),
        differing,
        {name: (str(was), now.get(name, "")) for name, was in kept.versions.items() if now.get(name) != was},
    )


def versions() -> dict[str, str]:
    """Of what can change a number."""
    return {
        "ostrakon": __version__,
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def _works(inputs: Inputs, group: Group, seed: int) -> dict[str, Measured]:
    """Each work once, whatever number of measures reads from it."""
    tables = inputs.of(group)
    return {
        name: measured(
            work, tables, seed, [one for each in TWELVE if each.work == name for one in each.figures]
        )
        for name, work in WORKS.items()
    }


def _part(measure: Measure, found: Measured) -> dict[str, Any]:
    wanted = [name for name, _ in measure.figures]
    by_name = {figure.name: figure for figure in found.figures}
    return {
        "figures": [asdict(by_name[name]) for name in wanted if name in by_name],
        "tables": {name: thinned(found.tables[name]) for name in measure.tables if name in found.tables},
        "notes": list(found.notes),
    }


def _of_sources(sources: Sequence[Mapping[str, Any]]) -> str:
    """One hash of all inputs."""
    return hashlib.sha256("".join(f"{one['kind']}:{one['sha256']};" for one in sources).encode()).hexdigest()


def _changed(before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> list[str]:
    was, are = ({(one["kind"], one["sha256"]) for one in each} for each in (before, now))
    return sorted({kind for kind, _ in was ^ are})
