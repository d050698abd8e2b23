"""How a connection stands: what it found, what waits, what is planned, what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from ostrakon.enforcement.commands import lanes_of
from ostrakon.enforcement.models import Command, Connection, Dispatch, Sighting
from ostrakon.intake.models import Report

State, Mode = Dispatch.State, Connection.Mode
MOST = 20
"""Commands that a page shows of each sort."""


@dataclass(frozen=True)
class Standing:
    """One connection at a moment."""

    connection: Connection
    planned: int
    """Held because it is not live."""
    waiting: int
    """Due, or resting until the platform is asked again."""
    under_way: int
    """Sent, and not known to be done."""
    refused: int
    """Commands that were not carried out; each has its task."""
    done: int
    oldest_at: datetime | None
    """When the oldest that waits was written."""
    last_report_at: datetime | None
    """When the last report was received."""
    differing: int
    """Accounts that the platform shows otherwise than decided."""

    @property
    def is_reading(self) -> bool:
        """Does it read, as far as is known?"""
        return (
            self.connection.mode != Mode.OFF
            and not self.connection.halted_at
            and not self.connection.failures
        )


def standings() -> list[Standing]:
    """Of all connections, by name."""
    return [standing_of(connection) for connection in Connection.objects.order_by("platform")]


def standing_of(connection: Connection) -> Standing:
    """How one stands now."""
    theirs = Dispatch.objects.filter(channel=Dispatch.Channel.PLATFORM, lane__startswith=lanes_of(connection))
    counted = theirs.aggregate(
        waiting=Count("pk", filter=Q(state=State.QUEUED)),
        under_way=Count("pk", filter=Q(state=State.SENDING)),
        refused=Count("pk", filter=Q(state=State.FAILED)),
        done=Count("pk", filter=Q(state=State.DELIVERED)),
        oldest_at=Min("queued_at", filter=Q(state__in=[State.QUEUED, State.SENDING])),
    )
    is_live = connection.mode == Mode.LIVE
    waiting = counted.pop("waiting")
    last = Report.objects.filter(platform=connection.platform, source__name=f"platform {connection.platform}")
    return Standing(
        connection=connection,
        planned=0 if is_live else waiting,
        waiting=waiting if is_live else 0,
        last_report_at=last.order_by("-pk").values_list("received_at", flat=True).first(),
        differing=Sighting.objects.filter(connection=connection).exclude(differs="").count(),
        **counted,
    )


def waiting_commands(connection: Connection) -> QuerySet[Command]:
    """What waits or is planned, in the order in which it goes out; some."""
    waiting = _commands(connection).filter(dispatch__state__in=[State.QUEUED, State.SENDING])
    return waiting.order_by("dispatch__urgency", "dispatch__not_before", "pk")[:MOST]


def commands_not_carried_out(connection: Connection) -> QuerySet[Command]:
    """The last ones."""
    return _commands(connection).filter(dispatch__state=State.FAILED).order_by("-pk")[:MOST]


def _commands(connection: Connection) -> QuerySet[Command]:
    return connection.commands.select_related("dispatch__account", "dispatch__decision")
