"""Who may put a case into the priority lane. People decide it all the same."""

from __future__ import annotations

from datetime import datetime

from ostrakon.intake.models import Source


def has_priority(source: Source, policy: str, received_at: datetime) -> bool:
    """Did an authority or a trusted flagger speak, within its term and about an area it may speak for?

    Args:
        policy: the code of the policy under which the report is dealt with.
    """
    return (
        source.kind in Source.PRIORITY
        and (source.valid_from is None or source.valid_from <= received_at)
        and (source.valid_to is None or received_at < source.valid_to)
        and (not source.areas or policy in source.areas)
    )
