"""``report.html`` of a search for returners, from what was found."""

from __future__ import annotations

from ostrakon.analysis.returners import Returners
from ostrakon.cli.provenance import origin
from ostrakon.cli.returners_summary import Summary
from ostrakon.pages.returners import LinkCard, ReturnersPage, returners_page

ROWS = 200
"""Links in the table of the page."""


def page_of(found: Returners, summary: Summary, cards: int) -> str:
    """The page of one run; the ``cards`` most probable links are explained."""
    first = found.links.sort(
        "probability", "account", "suspended_account", descending=[True, False, False]
    ).head(cards)
    return returners_page(
        ReturnersPage(
            counts=summary.counts,
            links=found.links.head(ROWS).to_dicts(),
            link_rows=found.links.height,
            cards=[
                LinkCard(row, found.explain(row["account"], row["suspended_account"]))
                for row in first.to_dicts()
            ],
            groups=found.by_name_group.to_dicts(),
            suggested_rate=float(found.parameters["suggested_rate"]),
            switched_off=found.switched_off,
            origin=origin(
                summary.inputs,
                seed=summary.seed,
                parameters=summary.files,
                notes=summary.notes,
                rejected=summary.rejected,
            ),
        )
    )
