"""What is erased of each kind of data, and when it is due. Decisions, and that there was something, stay.

Salts go with what they salted: the hash that the record holds then says nothing about anybody any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet

from ostrakon.casework.actions.open_cases import JOB
from ostrakon.casework.at_rest import at_rest, nothing_acts_on
from ostrakon.casework.models import (
    Appeal,
    Batch,
    BatchItem,
    Case,
    Decision,
    Exposure,
    LinkJudgement,
    Note,
    Notice,
    Progress,
    RetentionRule,
    Task,
)
from ostrakon.intake.models import Conflict, Contact, Evidence, Follow, Profile, Report, Reporter
from ostrakon.triage.models import Link

Kind = RetentionRule.Kind
Rows = QuerySet[Any]


@dataclass(frozen=True)
class Erasable:
    """One kind of data."""

    model: type[Model]
    due: Callable[[datetime], Rows]
    """Rows that still hold something and whose time began before a moment."""
    erase: Callable[[Rows], object]
    """Takes it away from these rows."""
    account: str | None = None
    """The way from a row to its account; None: it is about no account, or about many."""


def _report_texts(since: datetime) -> Rows:
    kept = Report.objects.filter(Q(text__isnull=False) | Q(salt__isnull=False))
    # What has no case yet waits for one: reports come into cases in the order of their ids.
    handled = Progress.objects.filter(job=JOB, last__gte=OuterRef("pk"))
    return kept.filter(Exists(handled), at_rest("account", since), received_at__lte=since)


def _conflicts(since: datetime) -> Rows:
    kept = Conflict.objects.filter(Q(content__isnull=False) | Q(salt__isnull=False) | Q(plain__isnull=False))
    return kept.filter(at_rest("report__account", since), received_at__lte=since)


def _evidence(since: datetime) -> Rows:
    """Also by its last report: the same may be reported again after years."""
    kept = Evidence.objects.filter(Q(content__isnull=False) | Q(salt__isnull=False), taken_at__lte=since)
    fresh = Report.objects.filter(evidence=OuterRef("pk"), received_at__gt=since)
    return kept.filter(at_rest("account", since), ~Exists(fresh))


def _notices(since: datetime) -> Rows:
    """Not while a task asks a person to deliver one."""
    kept = Notice.objects.filter(body__isnull=False, written_at__lte=since)
    asked = Task.objects.filter(notice=OuterRef("pk"), done_at__isnull=True)
    return kept.filter(at_rest("decision__account", since), ~Exists(asked))


def _facts(since: datetime) -> Rows:
    kept = Decision.objects.filter(Q(facts__isnull=False) | ~Q(ended_why=""))
    return kept.filter(at_rest("account", since))


def _batch_facts(since: datetime) -> Rows:
    """Of batches that are over, when the last of their decisions has lost its facts."""
    said = BatchItem.objects.filter(batch=OuterRef("pk"), decision__facts__isnull=False)
    kept = Batch.objects.filter(facts__isnull=False, ended_at__lte=since)
    return kept.exclude(status__in=[Batch.Status.RELEASED, Batch.Status.UNDOING]).filter(~Exists(said))


def _notes(since: datetime) -> Rows:
    return Note.objects.filter(at_rest("case__account", since), text__isnull=False, at__lte=since)


def _appeals(since: datetime) -> Rows:
    said = Q(text__isnull=False) | Q(reasons__isnull=False) | ~Q(name="") | ~Q(email="")
    return Appeal.objects.filter(said, at_rest("decision__account", since))


def _reporter_contacts(since: datetime) -> Rows:
    """Of those who reported something, and of whose reports none is alive."""
    theirs = Report.objects.filter(reporter=OuterRef("pk"))
    alive = theirs.filter(Q(received_at__gt=since) | ~at_rest("account", since))
    return Reporter.objects.exclude(name="", email="").filter(Exists(theirs), ~Exists(alive))


def _account_contacts(since: datetime) -> Rows:
    return Contact.objects.filter(
        at_rest("account", since), nothing_acts_on("account"), updated_at__lte=since
    )


def _profiles(since: datetime) -> Rows:
    return Profile.objects.filter(_quiet("account", since), seen_at__lte=since)


def _follows(since: datetime) -> Rows:
    return Follow.objects.filter(_quiet("account", since), seen_at__lte=since)


def _quiet(account: str, since: datetime) -> Q:
    """Nothing acts on the account, and it rests since then or never had a case: a suspended one is known by these."""
    cases = Case.objects.filter(account=OuterRef(account))
    return nothing_acts_on(account) & (~Q(Exists(cases)) | at_rest(account, since))


def _links(since: datetime) -> Rows:
    """Without a verdict they expire, however their accounts stand; with one, the evidence stays as long as a case."""
    waiting = Q(status__in=Link.UNCONFIRMED)
    done_with = (
        ~waiting & Q(evidence__isnull=False) & (~Q(status=Link.Status.SAME) | _quiet("account", since))
    )
    return Link.objects.filter(waiting | done_with, found_at__lte=since)


def _link_reasons(since: datetime) -> Rows:
    kept = LinkJudgement.objects.filter(reasons__isnull=False, judged_at__lte=since)
    return kept.filter(~Q(link__status=Link.Status.SAME) | _quiet("link__account", since))


def _exposures(since: datetime) -> Rows:
    return Exposure.objects.filter(at__lte=since)


def _emptied(rows: Rows, **columns: Any) -> int:
    return rows.update(**columns)


def _expired(rows: Rows) -> int:
    """Also the evidence of those that somebody judged; what was judged stays judged."""
    rows.filter(status__in=Link.UNCONFIRMED).update(status=Link.Status.EXPIRED)
    return rows.update(evidence=None)


def _deleted(rows: Rows) -> object:
    return rows.delete()


ERASABLE: Mapping[Kind, Erasable] = {
    Kind.REPORT_TEXTS: Erasable(Report, _report_texts, partial(_emptied, text=None, salt=None), "account"),
    Kind.CONFLICTS: Erasable(
        Conflict, _conflicts, partial(_emptied, content=None, salt=None, plain=None), "report__account"
    ),
    # The plain hash would answer who guesses the content; the salted one says nothing without its salt.
    Kind.EVIDENCE: Erasable(
        Evidence,
        _evidence,
        partial(_emptied, content=None, salt=None, location="", sha256=F("salted")),
        "account",
    ),
    Kind.NOTICES: Erasable(
        Notice, _notices, partial(_emptied, statement=None, subject=None, body=None), "decision__account"
    ),
    Kind.FACTS: Erasable(Decision, _facts, partial(_emptied, facts=None, ended_why=""), "account"),
    Kind.BATCH_FACTS: Erasable(Batch, _batch_facts, partial(_emptied, facts=None)),
    Kind.NOTES: Erasable(Note, _notes, partial(_emptied, text=None), "case__account"),
    Kind.APPEALS: Erasable(
        Appeal, _appeals, partial(_emptied, text=None, reasons=None, name="", email=""), "decision__account"
    ),
    Kind.REPORTER_CONTACTS: Erasable(Reporter, _reporter_contacts, partial(_emptied, name="", email="")),
    Kind.ACCOUNT_CONTACTS: Erasable(Contact, _account_contacts, _deleted, "account"),
    Kind.PROFILES: Erasable(Profile, _profiles, _deleted, "account"),
    Kind.FOLLOWS: Erasable(Follow, _follows, _deleted, "account"),
    Kind.LINKS: Erasable(Link, _links, _expired, "account"),
    Kind.LINK_REASONS: Erasable(
        LinkJudgement, _link_reasons, partial(_emptied, reasons=None), "link__account"
    ),
    Kind.EXPOSURES: Erasable(Exposure, _exposures, _deleted),
}
"""One a kind; a test compares the two lists."""
