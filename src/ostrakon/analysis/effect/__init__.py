"""Did it work: what was seen after a treatment beside what would have been, by several methods at once.

From the bottom: ``panel`` (units over time, or a refusal), ``answer`` (an effect with its interval), ``weights`` and
``differences`` (difference in differences, plain and synthetic), ``series`` (interrupted time series), ``histories``
(untreated moments that had the same history: suspensions follow surges), ``placebos``, ``measure``.
"""

from ostrakon.analysis.effect.answer import Answer
from ostrakon.analysis.effect.differences import compared, even, naive, synthetic
from ostrakon.analysis.effect.histories import Matched, matched
from ostrakon.analysis.effect.measure import chosen, effect
from ostrakon.analysis.effect.panel import NotAPanel, Panel, panel_of
from ostrakon.analysis.effect.series import interrupted

__all__ = [
    "Answer",
    "Matched",
    "NotAPanel",
    "Panel",
    "chosen",
    "compared",
    "effect",
    "even",
    "interrupted",
    "matched",
    "naive",
    "panel_of",
    "synthetic",
]
