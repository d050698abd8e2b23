"""How long accounts last: survival with delayed entry and ends that exclude each other, and who came back.

From the bottom: ``spells`` (ages and ends), ``curves`` (Kaplan-Meier, median, restricted mean), ``incidence``
(Aalen-Johansen), ``logrank``, ``cox``, ``returns`` (with the doubt of the links), ``measure`` (all of it, with gates).
"""

from ostrakon.analysis.survival.cox import cox
from ostrakon.analysis.survival.curves import kaplan_meier, median, restricted_mean
from ostrakon.analysis.survival.incidence import incidence
from ostrakon.analysis.survival.logrank import logrank
from ostrakon.analysis.survival.measure import survival
from ostrakon.analysis.survival.spells import EVENTS, STILL_THERE, Spells, spells

__all__ = [
    "EVENTS",
    "STILL_THERE",
    "Spells",
    "cox",
    "incidence",
    "kaplan_meier",
    "logrank",
    "median",
    "restricted_mean",
    "spells",
    "survival",
]
