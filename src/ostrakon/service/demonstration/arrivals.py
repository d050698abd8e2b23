"""What comes in: accounts, those who report, their reports by the hour, a published list, the public form."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from ostrakon.casework.actions.sources import Standing, add_source
from ostrakon.casework.models import Decision, Person
from ostrakon.casework.models.decisions import SUSPENSIONS
from ostrakon.intake.accounts import AccountFacts, note_accounts
from ostrakon.intake.incoming import Incoming
from ostrakon.intake.lists import receive_list
from ostrakon.intake.models import PublishedList, Report, Source
from ostrakon.intake.public_form import Filled, receive_form
from ostrakon.intake.reporters import ReporterFacts, note_reporters
from ostrakon.intake.sources import own_findings
from ostrakon.intake.store import store
from ostrakon.service.demonstration.chance import share
from ostrakon.service.demonstration.letterbox import GONE
from ostrakon.service.demonstration.posts import evidence_of
from ostrakon.service.demonstration.week import LIST_SOURCE, PLATFORM, Row, Week

APP, SITE = "the app of Agora", "the website of Agora"
FLAGGER, AUTHORITY = "Institute against hate online", "Police unit for threats on the net"
SHARED = "night_signal"
"""A handle that two accounts bear: a list that names it means nobody knows whom."""
REACHED, CLOSED = 0.92, 0.05
"""Shares of the accounts with an address, and of those addresses that take no letters any more."""
TOLD = 0.02
"""Share of the reporters who left an address."""


# Who there is


def add_sources(administrator: Person, at: datetime) -> None:
    """Where reports come from."""
    for name in (APP, SITE):
        add_source(administrator, name, Source.Kind.USER, Standing())
    areas = Standing(areas=("harassment", "violent-extremism"), valid_to=at + timedelta(days=365))
    add_source(administrator, FLAGGER, Source.Kind.TRUSTED_FLAGGER, areas)
    add_source(administrator, AUTHORITY, Source.Kind.AUTHORITY, Standing(areas=("violent-extremism",)))
    add_source(administrator, "a forum next door", Source.Kind.OTHER_PLATFORM, Standing())


def introduce(week: Week) -> None:
    """What the platform tells about its accounts, and about those who will report."""
    facts = [_facts(row, number) for number, row in enumerate(week.accounts, 1)]
    facts += [AccountFacts(PLATFORM, f"@{SHARED}{side}", handle=SHARED) for side in ("_east", "_west")]
    note_accounts(facts, seen_at=week.begins_at)
    note_reporters([_reporter(row, number) for number, row in enumerate(week.reporters, 1)])


def _facts(row: Row, number: int) -> AccountFacts:
    account = str(row["account"])
    is_reached = share("reached", account) < REACHED
    box = GONE.decode() if share("closed", account) < CLOSED else "person"
    return AccountFacts(
        platform=PLATFORM,
        external_id=account,
        created_at=row["created_at"],
        followers=int(row["followers"]),
        views=int(row["views"]),
        language=row["language"],
        handle=account.removeprefix("@"),
        email=f"{box}-{number}@example.org" if is_reached else "",
        notice_language=row["language"],
    )


def _reporter(row: Row, number: int) -> ReporterFacts:
    return ReporterFacts(
        platform=PLATFORM,
        external_id=row["reporter"],
        created_at=row["created_at"],
        invited_by=row["invited_by"] or "",
        email=f"reporter-{number}@example.org" if share("told", row["reporter"]) < TOLD else "",
    )


# What they report


def receive(week: Week, hour: int) -> None:
    """The reports of an hour, at its end. Who is suspended is not seen, so nobody reports them."""
    shut_out = _suspended()
    rows = [row for row in week.reports[hour] if row["account"] not in shut_out]
    shared = _list_that_is_shared() if any(row["source"] == LIST_SOURCE for row in rows) else ""
    by_source: defaultdict[str, list[Incoming]] = defaultdict(list)
    for row in rows:
        declared = shared if row["source"] == LIST_SOURCE else ""
        by_source[SITE if row["source"] == "web" else APP].append(_incoming(week, row, declared))
    for name, reports in by_source.items():
        deliver(reports, name, week.at(hour + 1))


def _suspended() -> set[str]:
    in_force = Decision.objects.filter(status=Decision.Status.IN_FORCE, action__in=SUSPENSIONS)
    return set(in_force.values_list("account__external_id", flat=True))


def _incoming(week: Week, row: Row, declared: str) -> Incoming:
    return Incoming(
        platform=PLATFORM,
        external_id=row["report_id"],
        account=row["account"],
        reporter=row["reporter"],
        reported_at=row["reported_at"],
        policy=row["policy"],
        text=row["text"],
        evidence=evidence_of(week, row["account"], row["policy"], row["report_id"]),
        declared=declared,
    )


def _list_that_is_shared() -> str:
    return f"list:{PublishedList.objects.values_list('pk', flat=True).get()}"


def deliver(reports: Sequence[Incoming], name: str, received_at: datetime) -> None:
    """Let reports come in from a source, by its name."""
    source = Source.objects.get(name=name)
    store(reports, source=source, received_at=received_at, actor=f"source:{source.pk}")


def receive_list_of_volunteers(week: Week, actor: Person, at: datetime) -> PublishedList:
    """The list that volunteers work through, with the flaws that such lists have."""
    handles = [account.removeprefix("@") for account in week.listed]
    lines = ["# open watch, first edition", "handle,first_seen", *(f"{name},2026-01" for name in handles)]
    lines += [f"{handles[0]},2026-01", "nobody_of_this_name,2026-01", f"{SHARED},2026-01", ",2026-01"]
    return receive_list(
        "\n".join(lines).encode(),
        title="Open watch: accounts that recruit",
        publisher="Open Watch",
        published_on=at.date(),
        licence="CC BY 4.0",
        url="https://openwatch.example/lists/1.csv",
        policy="violent-extremism",
        platform=PLATFORM,
        named_by="handle",
        actor=actor.actor,
        received_at=at,
    )


def flag(week: Week, at: datetime) -> None:
    """A trusted flagger and an authority speak up, and we find something ourselves."""
    quiet = [account for account, policy in sorted(week.violations) if policy == "violent-extremism"]
    deliver([_word(week, account, "institute", at) for account in quiet[:4]], FLAGGER, at)
    deliver([_word(week, account, "police", at) for account in quiet[4:6]], AUTHORITY, at)
    own = own_findings("system")
    store([_word(week, quiet[6], "us", at)], source=own, received_at=at, actor="system")


def _word(week: Week, account: str, speaker: str, at: datetime) -> Incoming:
    policy = "violent-extremism"
    return Incoming(
        platform=PLATFORM,
        external_id=f"{speaker}:{account}",
        account=account,
        reporter=f"office:{speaker}",
        reported_at=at - timedelta(minutes=10),
        policy=policy,
        text="Invites into the channel of a group that uses violence; see the attached copy.",
        evidence=evidence_of(week, account, policy, speaker),
    )


def fill_in_the_form(week: Week, at: datetime) -> list[Report]:
    """People without an account write through the public form, in their languages."""
    words = {
        "en": "This account publishes where my neighbour lives and asks people to go there.",
        "fr": "Ce compte publie l'adresse de ma voisine et invite des gens à s'y rendre.",
        "ar": "ينشر هذا الحساب عنوان جارتي ويدعو الناس إلى الذهاب إليها.",
    }
    account = next(account for account, policy in sorted(week.violations) if policy == "harassment")
    return [
        receive_form(
            Filled(
                platform=PLATFORM,
                account=account,
                reporter=f"form-{language}",
                text=text,
                location=f"https://{PLATFORM}/{account}/posts/1",
                policy="harassment",
                email=f"neighbour-{language}@example.org",
                language=language,
            ),
            at,
        )
        for language, text in words.items()
    ]
