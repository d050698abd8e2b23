"""What led to a decision: the statement of reasons says it, and measuring needs it."""

from __future__ import annotations

from ostrakon.casework.areas import reports_of
from ostrakon.casework.models import Case, Decision, Offer
from ostrakon.intake.models import Source


def detected(case: Case) -> Decision.Detected:
    """The weightiest of what led to the case; ours only where nobody else spoke.

    Authorities and trusted flaggers count as such where their word put the case into the priority lane.
    """
    kinds = set(reports_of(case).values_list("source__kind", flat=True).distinct())
    if case.lane == Case.Lane.PRIORITY and Source.Kind.AUTHORITY in kinds:
        return Decision.Detected.AUTHORITY
    if case.lane == Case.Lane.PRIORITY and Source.Kind.TRUSTED_FLAGGER in kinds:
        return Decision.Detected.TRUSTED_FLAGGER
    if Source.Kind.PUBLISHED_LIST in kinds:
        return Decision.Detected.LIST
    return Decision.Detected.OWN if kinds == {Source.Kind.OWN_FINDING} else Decision.Detected.REPORTS


def offered(case: Case) -> Offer | None:
    """How the case came before people since it was opened: a draw at random counts before a place in the queue."""
    offers = case.offers.filter(at__gte=case.opened_at)
    drawn = offers.filter(selection=Offer.Selection.AUDIT)
    return drawn.order_by("-at").first() or offers.order_by("-at").first()
