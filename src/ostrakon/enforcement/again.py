"""What could not be delivered or carried out is tried again, when a person has cleared the way."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ostrakon.casework.models import Decision, Notice, NoticeTemplate, Person
from ostrakon.casework.permissions import Act, require
from ostrakon.enforcement.commands import EXPIRES, is_void
from ostrakon.enforcement.letters import address_of
from ostrakon.enforcement.models import Command, Dispatch
from ostrakon.enforcement.outbox import queue_letters
from ostrakon.errors import NotInThisState, NotThere, Unfit
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import become_the_writer, record


def send_again(person: Person, notice_id: int, now: datetime) -> Dispatch:
    """Try a notice anew that failed, or that nobody could send before. It keeps its id.

    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is no such notice.
        Unfit: nobody knows yet how to reach its recipient.
        NotInThisState: it was delivered, made void, or is on its way; or its decision was undone meanwhile.
    """
    with transaction.atomic():
        require(person, Act.DO_TASKS)
        become_the_writer()  # before any row of the outbox, like everybody who changes several
        notice = Notice.objects.filter(pk=notice_id).first()
        if notice is None:
            raise NotThere("there is no such notice")
        if _was_undone(notice):
            raise NotInThisState("its decision was undone meanwhile: the reinstatement says so")
        dispatches = Dispatch.objects.filter(notice=notice)
        on_a_platform = dispatches.filter(channel=Dispatch.Channel.PLATFORM).exists()
        if not on_a_platform and not address_of(notice):
            raise Unfit("nobody knows how to reach this person: note an address first")
        if not dispatches.exists():
            return queue_letters([notice], now)[0]
        failed = dispatches.filter(state=Dispatch.State.FAILED)
        if failed.update(state=Dispatch.State.QUEUED, queued_at=now, not_before=now) != 1:
            raise NotInThisState("this notice was delivered, made void, or is on its way")
        return dispatches.get()


def carry_out_again(person: Person, command_id: int, now: datetime) -> Command:
    """Try a command anew that was refused or given up. The state is read first, whatever became of the first try.

    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is no such command.
        NotInThisState: it was carried out or is on its way, or its decision acts no longer.
    """
    with transaction.atomic():
        require(person, Act.DO_TASKS)
        become_the_writer()  # before any row of the outbox, like everybody who changes several
        command = Command.objects.select_related("dispatch__decision").filter(pk=command_id).first()
        if command is None:
            raise NotThere("there is no such command")
        if is_void(command):
            raise NotInThisState("its decision acts no longer: there is nothing to carry out")
        failed = Dispatch.objects.filter(pk=command.dispatch_id, state=Dispatch.State.FAILED)
        if failed.update(state=Dispatch.State.QUEUED, queued_at=now, not_before=now) != 1:
            raise NotInThisState("this command was carried out, made void, or is on its way")
        command.ended, command.code, command.handle = "", "", ""
        command.expires_at = None if command.gives_back else now + EXPIRES
        command.save(update_fields=["ended", "code", "handle", "expires_at"])
        record(
            Kind.DISPATCH_QUEUED,
            actor=person.actor,
            subject=f"decision:{command.dispatch.decision_id}",
            facts={"dispatches": [command.dispatch_id], "channel": str(Dispatch.Channel.PLATFORM)},
        )
    return command


def _was_undone(notice: Notice) -> bool:
    """Then what its decision still had to say is not said any more, as in ``outbox``."""
    if notice.decision is None or notice.kind == NoticeTemplate.Kind.REINSTATEMENT:
        return False
    told = notice.decision.notices.filter(kind=NoticeTemplate.Kind.REINSTATEMENT)
    return notice.decision.status == Decision.Status.REVERSED or told.exists()
