"""What a reviewer is told when a campaign reported a case: how much of the noise is one voice.

All of it is said in the language that is active. The row of a case keeps it in English, for programs; pages say it
anew, to each reader.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ostrakon.casework.models import Case
from ostrakon.casework.setting_aside import set_aside_for


def pressure_on(case: Case) -> str:
    """The words for a case as it stands now; empty where its reports were not discounted."""
    valued = case.valuation
    said = pressure(valued.reports, valued.independent_reports, valued.campaigns) if valued else ""
    return with_reports_set_aside(said) if set_aside_for(case).exists() else said


def pressure(reports: int, independent_reports: float, campaigns: int) -> str:
    """Why the reports were discounted, in plain words; empty where no campaign reported the case.

    Args:
        reports: as they came.
        independent_reports: how many independent voices they are worth.
        campaigns: with at least two voices on this account under this policy.

    >>> pressure(512, 3.8, 2)
    '512 reports, about 4 independent voices; 2 campaigns'
    """
    if not campaigns:
        return ""
    voices = _voices(max(1, round(independent_reports)))
    spoke = _("%(reports)s, %(voices)s") % {"reports": _reports(reports), "voices": voices}
    return _and(spoke, ngettext("%(n)s campaign", "%(n)s campaigns", campaigns) % {"n": campaigns})


def with_reports_set_aside(pressure: str) -> str:
    """The same, where somebody set the reports of a campaign aside; said once.

    >>> with_reports_set_aside("512 reports, about 4 independent voices; 2 campaigns")
    '512 reports, about 4 independent voices; 2 campaigns; the reports of a campaign were set aside'
    """
    said = _("the reports of a campaign were set aside")
    if not pressure or pressure.endswith(said):
        return pressure or said
    return _and(pressure, said)


def _and(one: str, other: str) -> str:
    return _("%(one)s; %(other)s") % {"one": one, "other": other}


def _reports(count: int) -> str:
    return ngettext("%(n)s report", "%(n)s reports", count) % {"n": count}


def _voices(count: int) -> str:
    return ngettext("about %(n)s independent voice", "about %(n)s independent voices", count) % {"n": count}
