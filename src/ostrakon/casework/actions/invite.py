"""Invite somebody of a partner server to be the second person of one case.

So a team of one can suspend as well. A guest is always a new person, who sees and answers that one case; the database
holds them to it. That the guest is not the host under another name cannot be proven here: the record says who invited
whom, from which server, and the partner server answers for its guest.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from ostrakon.casework.guests import stands_at
from ostrakon.casework.held import held_case
from ostrakon.casework.models import GuestInvitation, Person
from ostrakon.casework.permissions import Act, require
from ostrakon.casework.texts import fit
from ostrakon.errors import NotInThisState, NotThere
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record

STANDS_FOR = timedelta(days=7)
"""Time enough for a partner to look; then a new invitation is a deliberate act again."""


def invite_guest(
    person: Person, case_id: int, server: str, name: str, now: datetime
) -> tuple[GuestInvitation, str]:
    """Invite somebody to a case; gives the token that lets them in. It is kept nowhere: hand it out now.

    Args:
        server: the partner server that answers for them.
        name: as colleagues will read it.
    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is no such case.
        Unfit: server or name is missing or too long.
    """
    with transaction.atomic():
        require(person, Act.INVITE_GUEST)
        case = held_case(case_id)
        token = secrets.token_urlsafe(32)
        invitation = GuestInvitation.objects.create(
            case=case,
            server=fit(server, "the server", longest=255),
            name=fit(name, "the name", longest=150),
            invited_by=person,
            invited_at=now,
            expires_at=now + STANDS_FOR,
            digest=_digest(token),
        )
        _record(Kind.GUEST_INVITED, invitation, person.actor)
        return invitation, token


def arrive(token: str, now: datetime) -> Person:
    """The guest that a token lets in. It is the same person whenever they come back with it.

    Raises:
        NotThere: forged, expired or revoked: they look the same from outside.
    """
    with transaction.atomic():
        standing = GuestInvitation.objects.filter(stands_at(now), digest=_digest(token))
        invitation = standing.select_for_update(no_key=True).first()
        if invitation is None:
            raise NotThere("this invitation leads nowhere: it may be over; ask who invited you for a new one")
        if invitation.guest is not None:
            return invitation.guest
        guest = _new_guest(invitation, now)
        GuestInvitation.objects.filter(pk=invitation.pk).update(guest=guest)
        _record(Kind.GUEST_ARRIVED, invitation, guest.actor)
        return guest


def revoke_invitation(person: Person, invitation_id: int, now: datetime) -> None:
    """Take an invitation back: its guest sees nothing any more. What they approved before stands.

    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is no such invitation.
        NotInThisState: it was revoked before.
    """
    with transaction.atomic():
        require(person, Act.INVITE_GUEST)
        invitation = GuestInvitation.objects.filter(pk=invitation_id).select_for_update(no_key=True).first()
        if invitation is None:
            raise NotThere("there is no such invitation")
        standing = GuestInvitation.objects.filter(pk=invitation.pk, revoked_at__isnull=True)
        if standing.update(revoked_at=now) != 1:
            raise NotInThisState("this invitation was revoked before")
        Person.objects.filter(invitation=invitation).update(is_active=False)
        _record(Kind.ROLE_ENDED, invitation, person.actor)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _new_guest(invitation: GuestInvitation, now: datetime) -> Person:
    guest = Person(
        username=f"guest-{invitation.pk}", first_name=invitation.name, is_guest=True, date_joined=now
    )
    guest.set_unusable_password()
    guest.save(force_insert=True)
    return guest


def _record(kind: Kind, invitation: GuestInvitation, actor: str) -> None:
    record(kind, actor=actor, subject=f"case:{invitation.case_id}", facts={"invitation": invitation.pk})
