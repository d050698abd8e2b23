"""Who is reinstated was nobody's returner's original: every link to the account goes, in the same transaction."""

from __future__ import annotations

from datetime import datetime

from ostrakon.casework.actions.ask_about_links import ask_about_citations
from ostrakon.casework.linked import suspensions_in_force
from ostrakon.casework.models import Decision
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record
from ostrakon.triage.models import Link


def revoke_links(decision: Decision, *, by: str, now: datetime) -> list[int]:
    """Revoke what leads to the account of a suspension that is being reversed; gives the ids of the links.

    Called before the decision is written as reversed: the database refuses a reinstatement that leaves links behind.
    Where another suspension of the account stands, it is not reinstated, and its links stay.

    Args:
        by: the actor, as the record names them.
    """
    if not decision.is_suspension or _is_suspended_otherwise(decision):
        return []
    standing = Link.objects.filter(suspended_account=decision.account_id, status__in=Link.STANDING)
    held = standing.select_for_update(no_key=True).order_by("pk")
    links = list(held.values_list("pk", flat=True))
    if links:
        Link.objects.filter(pk__in=links).update(status=Link.Status.REVOKED)
        asked = ask_about_citations(links, now)
        record(
            Kind.LINKS_REVOKED,
            actor=by,
            subject=f"decision:{decision.pk}",
            facts={"account": decision.account_id, "links": [*links], "decisions": [d.pk for d in asked]},
        )
    return links


def _is_suspended_otherwise(decision: Decision) -> bool:
    return suspensions_in_force([decision.account_id]).exclude(pk=decision.pk).exists()
