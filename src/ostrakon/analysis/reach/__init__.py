"""Who still hears them: the exact audience of flagged accounts, day by day.

From the bottom: ``intervals`` (who was active on which days), ``audience`` (follows to integer codes, one pass),
``counting`` (one counter for each follower), ``measure`` (figures and tables).
"""

from ostrakon.analysis.reach.audience import Audience, Gathered, audience_of, gathered
from ostrakon.analysis.reach.counting import Heard, daily, heard_by
from ostrakon.analysis.reach.intervals import Activity, activity
from ostrakon.analysis.reach.measure import reach

__all__ = [
    "Activity",
    "Audience",
    "Gathered",
    "Heard",
    "activity",
    "audience_of",
    "daily",
    "gathered",
    "heard_by",
    "reach",
]
