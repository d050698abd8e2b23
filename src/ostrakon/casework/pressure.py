"""What a reviewer is told when a campaign reported a case: how much of the noise is one voice."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


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
    voices = max(1, round(independent_reports))
    return "; ".join(
        [
            ", ".join([_reports(reports), _voices(voices)]),
            ngettext("%(n)s campaign", "%(n)s campaigns", campaigns) % {"n": campaigns},
        ]
    )


def with_reports_set_aside(pressure: str) -> str:
    """The same, where somebody set the reports of a campaign aside; said once.

    >>> with_reports_set_aside("512 reports, about 4 independent voices; 2 campaigns")
    '512 reports, about 4 independent voices; 2 campaigns; the reports of a campaign were set aside'
    """
    said = _("the reports of a campaign were set aside")
    parts = [part for part in (pressure, said) if part]
    return pressure if pressure.endswith(said) else "; ".join(parts)


def _reports(count: int) -> str:
    return ngettext("%(n)s report", "%(n)s reports", count) % {"n": count}


def _voices(count: int) -> str:
    return ngettext("about %(n)s independent voice", "about %(n)s independent voices", count) % {"n": count}
