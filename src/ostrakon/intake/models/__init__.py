"""The tables of intake."""

from ostrakon.intake.models.accounts import Account, Contact, Handle, Reporter
from ostrakon.intake.models.lists import ListRow, PublishedList
from ostrakon.intake.models.profiles import Follow, Profile
from ostrakon.intake.models.reports import Conflict, Evidence, Report
from ostrakon.intake.models.sources import Source

__all__ = [
    "Account",
    "Conflict",
    "Contact",
    "Evidence",
    "Follow",
    "Handle",
    "ListRow",
    "Profile",
    "PublishedList",
    "Report",
    "Reporter",
    "Source",
]
