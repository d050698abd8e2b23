"""What the platform tells about accounts: facts, handles with their history, how the person is reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ostrakon.intake.models import Account, Contact, Handle
from ostrakon.intake.named import Name, accounts_named
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
    accounts = Account.objects.in_bulk([ids[name] for name in facts])
    changed = []
    for name, row in facts.items():
        account = accounts[ids[name]]
        if account.seen_at is None or account.seen_at <= seen_at:
            _take_over(account, row, seen_at)
            changed.append(account)
    Account.objects.bulk_update(changed, [*FACTS, "seen_at"])


def _take_over(account: Account, row: AccountFacts, seen_at: datetime) -> None:
    account.seen_at = seen_at
    for fact in FACTS:
        if (value := getattr(row, fact)) not in (None, ""):
            setattr(account, fact, value)


def _note_handles(handles: dict[int, str], seen_at: datetime) -> None:
    """The handle that was seen last is the current one; the others stay as history."""
    of_these = Handle.objects.filter(account__in=handles)
    newest = dict(of_these.filter(is_current=True).values_list("account", "last_seen_at"))
    is_news = {account for account in handles if (last := newest.get(account)) is None or last <= seen_at}
    of_these.filter(account__in=is_news, is_current=True).update(is_current=False)
    Handle.objects.bulk_create(
        [
            Handle(
                account_id=account,
                handle=handle,
                first_seen_at=seen_at,
                last_seen_at=seen_at,
                is_current=False,
            )
            for account, handle in handles.items()
        ],
        ignore_conflicts=True,
    )
    _mark_seen(handles, is_news, seen_at)


def _mark_seen(handles: dict[int, str], is_news: set[int], seen_at: datetime) -> None:
    """Of the rows of these accounts, those that bear the very handle."""
    kept = Handle.objects.filter(account__in=handles)
    seen = [row for row in kept if row.handle == handles[row.account_id]]
    for row in seen:
        row.first_seen_at = min(row.first_seen_at, seen_at)
        row.last_seen_at = max(row.last_seen_at, seen_at)
        row.is_current = row.is_current or row.account_id in is_news
    Handle.objects.bulk_update(seen, ["first_seen_at", "last_seen_at", "is_current"])


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
