"""``report.html`` of a measurement, from what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ostrakon.analysis.figures import Measured
from ostrakon.cli.provenance import origin
from ostrakon.formats import Facts
from ostrakon.pages.measure import MeasurePage, measure_page


def page_of(
    verb: str,
    found: Measured,
    facts: Mapping[str, Facts],
    parameters: Mapping[str, object],
    notes: Sequence[str],
    rejected: Mapping[str, int],
    seed: int,
) -> str:
    """The page of one run: every model, not one."""
    return measure_page(
        MeasurePage(
            verb=verb,
            figures=found.figures,
            tables=found.tables,
            origin=origin(facts, seed=seed, parameters=parameters, notes=notes, rejected=rejected),
        )
    )
