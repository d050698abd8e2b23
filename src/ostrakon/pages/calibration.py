"""Do the numbers come true? Shown where decisions allow it, else the reason why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ostrakon.pages import wording
from ostrakon.pages.charts import calibration_plot, calibration_table
from ostrakon.pages.html import Markup, fragment, h
from ostrakon.pages.layout import note
from ostrakon.pages.table import figure

if TYPE_CHECKING:  # the pages need nothing but the standard library at run time
    from ostrakon.analysis.calibration import Bin


@dataclass(frozen=True)
class Calibration:
    """What was said against what came true."""

    bins: Sequence[Bin] | None
    """None = it cannot be shown honestly."""
    error: float | None
    """Expected calibration error, a share."""
    note: str
    """How it was computed; without bins, the reason why it is not shown."""


def calibration(found: Calibration) -> Markup:
    """The plot with its table, or the reason why there is none."""
    lead = h("p", wording.CALIBRATION_LEAD, class_="lead")
    if not found.bins:
        return fragment(lead, note(h("strong", wording.CALIBRATION_HIDDEN), ": ", found.note))
    beside = h(
        "div",
        h("p", wording.calibration_error(found.error)),
        h("p", wording.calibration_description(len(found.bins), sum(item.rows for item in found.bins))),
        note(found.note),
    )
    plot = figure(
        calibration_plot(found.bins), calibration_table(found.bins), wording.CALIBRATION_PLOT, class_="square"
    )
    return fragment(lead, h("div", plot, beside, class_="beside"))
