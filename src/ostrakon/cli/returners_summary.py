"""``summary.json`` of a search for returners."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from ostrakon.analysis.returners import Rate, Returners
from ostrakon.cli.provenance import notes_on_files, versions
from ostrakon.cli.steps import Taken
from ostrakon.formats import Facts, Rejected
from ostrakon.formats.source import display

LIBRARIES = ("anyascii", "numba", "numpy", "polars", "scikit-learn", "scipy")
"""Those that can change a number; their versions are kept."""


@dataclass(frozen=True)
class Summary:
    """The file, key by key."""

    counts: Mapping[str, int]
    rejected: Mapping[str, int]
    """Rows that were not used, by problem."""
    inputs: Mapping[str, Facts]
    """With the sha256 of every file."""
    files: Mapping[str, str]
    """As they were named."""
    parameters: Mapping[str, float | int | str]
    seed: int
    placebo_rate: Rate | None
    """Share of the suggestions that is wrong by the placebo, a lower bound; None: cannot tell."""
    switched_off: str | None
    """Why nothing is suggested; None: links are suggested."""
    base_rate: float | None
    versions: Mapping[str, str]
    notes: tuple[str, ...]
    steps: list[Taken]
    """Grows until the end of the run."""

    def json(self) -> str:
        """The text of the file."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def summary(
    inputs: Mapping[str, Path],
    seed: int,
    found: Returners,
    facts: Mapping[str, Facts],
    rejected: Rejected,
    steps: list[Taken],
) -> Summary:
    """Of one run; ``steps`` may grow until it is written."""
    return Summary(
        counts={**found.counts, "links": found.links.height, "rejected_rows": rejected.total},
        rejected=dict(rejected.counts.most_common()),
        inputs=facts,
        files={name: display(path) for name, path in inputs.items()},
        parameters=found.parameters,
        seed=seed,
        placebo_rate=found.placebo_rate,
        switched_off=found.switched_off,
        base_rate=found.base_rate,
        versions=versions(LIBRARIES),
        notes=(*notes_on_files(facts), *_notes(found, facts)),
        steps=steps,
    )


def _notes(found: Returners, facts: Mapping[str, Facts]) -> Iterator[str]:
    if found.switched_off is not None:
        yield f"Suggestions are switched off: {found.switched_off}"
    if "placebo" not in facts:
        yield "No placebo was given: how many links are wrong cannot be told, and nothing watches the suggestions."
    if "follows" not in facts:
        yield "No follows were given: the best sign of a return, rare neighbours, is missing."
    if "reviews" not in facts:
        yield "No verdicts of people were given to learn from."
