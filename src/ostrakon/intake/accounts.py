"""What the platform tells about accounts: facts, handles with their history, how the person is reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from ostrakon.intake.models import Account, Contact, Handle
from ostrakon.intake.named import Name, accounts_named
from ostrakon.intake.rows import Row, insert, moment, update
from ostrakon.ledger.record import become_the_writer

FACTS = ("created_at", "followers", "views", "language")


@dataclass(frozen=True)
class AccountFacts:
    """What is known about an account at some moment. None or an empty text is unknown, and changes nothing."""

    platform: str
    external_id: str
    created_at: datetime | None = None
    followers: int | None = None
    views: int | None = None
    language: str = ""
    handle: str = ""
    """As the platform shows it, without a leading @."""
    email: str = ""
    notice_language: str = ""
    """The language in which the person is written to."""


def note_account(facts: AccountFacts, *, seen_at: datetime) -> Account:
    """Keep what is known about an account, which is created if nobody named it before."""
    (number,) = note_accounts([facts], seen_at=seen_at)
    return Account.objects.get(pk=number)


def note_accounts(facts: Sequence[AccountFacts], *, seen_at: datetime) -> list[int]:
    """Keep what is known about many accounts; the ids of the accounts, each in its place.

    News that comes late changes nothing that later news said already, but its handle joins the history. Of two rows
    about one account the later one counts.

    Args:
        facts: some thousands at most.
        seen_at: when the platform said so.
    """
    with transaction.atomic():
        become_the_writer()
        latest = {(row.platform, row.external_id): row for row in facts}
        ids = accounts_named(latest, seen_at)
        _note_facts(ids, latest, seen_at)
        _note_handles({ids[name]: row.handle for name, row in latest.items() if row.handle}, seen_at)
        _note_contacts({ids[name]: row for name, row in latest.items()})
        return [ids[row.platform, row.external_id] for row in facts]


def forget_contact(account: Account) -> None:
    """Erase how the person behind an account is reached."""
    Contact.objects.filter(account=account).delete()


def _note_facts(ids: dict[Name, int], facts: dict[Name, AccountFacts], seen_at: datetime) -> None:
    kept = Account.objects.filter(pk__in=ids.values()).values_list("pk", "seen_at", *FACTS)
    rows = {ids[name]: row for name, row in facts.items()}
    changed = [
        (*_merged(rows[number], known), moment(seen_at), number)
        for number, last, *known in kept
        if last is None or last <= seen_at
    ]
    update(Account, (*FACTS, "seen_at"), changed)


def _merged(row: AccountFacts, known: Sequence[Any]) -> Row:
    """The facts as they are now known, ready for the database."""
    created_at, followers, views, language = known
    return (
        moment(row.created_at or created_at),
        followers if row.followers is None else row.followers,
        views if row.views is None else row.views,
        row.language or language,
    )


def _note_handles(handles: dict[int, str], seen_at: datetime) -> None:
    """The handle that was seen last is the current one; the others stay as history."""
    kept = list(Handle.objects.filter(account__in=handles))
    newer = {row.account_id for row in kept if row.is_current and row.last_seen_at > seen_at}
    borne = {row.account_id: row for row in kept if row.handle == handles[row.account_id]}
    # One current handle an account: the old one goes before the new one comes.
    gone = [row.pk for row in kept if row.is_current and row.account_id not in newer]
    update(Handle, ("is_current",), [(False, number) for number in gone])
    update(
        Handle,
        ("first_seen_at", "last_seen_at", "is_current"),
        [
            (
                moment(min(row.first_seen_at, seen_at)),
                moment(max(row.last_seen_at, seen_at)),
                row.is_current or account not in newer,
                row.pk,
            )
            for account, row in borne.items()
        ],
    )
    at = moment(seen_at)
    insert(
        Handle,
        ("account", "handle", "first_seen_at", "last_seen_at", "is_current"),
        [
            (account, handle, at, at, account not in newer)
            for account, handle in handles.items()
            if account not in borne
        ],
    )


def _note_contacts(facts: dict[int, AccountFacts]) -> None:
    told = {account: row for account, row in facts.items() if row.email or row.notice_language}
    kept = {contact.account_id: contact for contact in Contact.objects.filter(account__in=told)}
    for account, row in told.items():
        contact = kept.setdefault(account, Contact(account_id=account))
        contact.email = row.email or contact.email
        contact.language = row.notice_language or contact.language
    Contact.objects.bulk_create(
        kept.values(),
        update_conflicts=True,
        unique_fields=["account"],
        update_fields=["email", "language", "updated_at"],
    )
