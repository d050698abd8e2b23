"""What a report is worth: from reports and decisions to a probability, with an interval, that an account violates.

``value`` does it all; ``explain`` says whose voice moved a number; ``Stream`` takes reports and decisions as they come.
"""

from ostrakon.analysis.worth.explain import Explanation, Interval, Voice, explain
from ostrakon.analysis.worth.stream import Stream
from ostrakon.analysis.worth.valuation import Model, Valuation, apply, learn, value

TOP = 25
"""Accounts that a report explains one by one."""

__all__ = [
    "TOP",
    "Explanation",
    "Interval",
    "Model",
    "Stream",
    "Valuation",
    "Voice",
    "apply",
    "explain",
    "learn",
    "value",
]
