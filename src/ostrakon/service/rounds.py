"""What the background workers do, and how often."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session

from ostrakon.casework.actions.erase import erase_what_is_due
from ostrakon.casework.actions.expire import expire_due
from ostrakon.casework.actions.open_cases import open_cases
from ostrakon.casework.actions.take_valuations import take_valuations
from ostrakon.enforcement.carrying_out import live, serve
from ostrakon.enforcement.connections import Lines
from ostrakon.enforcement.delivery import deliver_due
from ostrakon.enforcement.drift import those_that_answer, watch_one
from ostrakon.enforcement.erase import erase_what_was_said
from ostrakon.enforcement.hearing import hear, those_that_tell
from ostrakon.enforcement.profiles import ask_one
from ostrakon.enforcement.reading import due_to_be_read, read_one
from ostrakon.ledger.checkpoints import checkpoint
from ostrakon.ledger.keys import load_key
from ostrakon.ledger.models import Checkpoint, Entry
from ostrakon.service.crew import Crew
from ostrakon.service.worker import Job

SIGNED_EVERY = timedelta(minutes=10)
SIGNED_AFTER = 1_000
"""Entries. What is not signed yet could be written anew by whoever has the database."""


def sign_the_record(now: datetime) -> None:
    """A checkpoint, every some minutes or some entries, whatever comes first."""
    last = Checkpoint.objects.order_by("-number").first()
    head = Entry.objects.order_by("-number").values_list("number", flat=True).first() or 0
    new = head - (last.number if last else 0)
    if new and (last is None or now - last.at >= SIGNED_EVERY or new >= SIGNED_AFTER):
        checkpoint(load_key(settings.LEDGER_KEY_FILE), now)


def weigh(now: datetime) -> None:
    """Say what the reports are worth. The science is loaded here: until then cases open and notices go out."""
    from ostrakon.casework.actions.weigh import weigh as weigh_reports

    weigh_reports(now)


def look(now: datetime) -> None:
    """Look for returners. The science is loaded here."""
    from ostrakon.casework.actions.look_for_returners import look_for_returners

    look_for_returners(now)


def measure(now: datetime) -> None:
    """Say how far reviewers agree. The science is loaded here."""
    from ostrakon.impact.measuring import measure_agreement

    measure_agreement(now)


def measure_what_came_of_it(now: datetime) -> None:
    """Once a day, and where somebody asked for it. The science is loaded here."""
    from ostrakon.impact.measurement import measure_if_due

    measure_if_due(now)


def forget_sessions(now: datetime) -> None:
    """Sign-ins that have ended."""
    Session.objects.filter(expire_date__lt=now).delete()


def jobs_on_platforms(worker: str) -> tuple[Job, ...]:
    """What is done with each platform, with lines of its own; all platforms at the same time."""
    out, into, beside, ears, asking = (Lines() for _ in range(5))
    carrying = Crew(lambda now: live(), lambda one, now: serve(one, worker, now, out))
    reading = Crew(due_to_be_read, lambda one, now: read_one(one, into, now))
    watching = Crew(lambda now: those_that_answer(), lambda one, now: watch_one(one, beside, now))
    knowing = Crew(lambda now: those_that_answer(), lambda one, now: ask_one(one, asking, now))
    hearing = Crew(lambda now: those_that_tell(), lambda one, now: hear(one, ears), patience_s=0)
    return (
        Job("carry_out_due", every_s=0.5, do=carrying.round),
        Job("read_platforms", every_s=0.25, do=reading.round),
        Job("watch_platforms", every_s=60, do=watching.round),
        Job("ask_for_profiles", every_s=20, do=knowing.round),
        Job("hear_platforms", every_s=3, do=hearing.round),
    )


def jobs(worker: str) -> tuple[Job, ...]:
    """All of them, for the worker of this name."""
    return (
        Job("open_cases", every_s=0.25, do=open_cases),
        Job("deliver_due", every_s=0.5, do=lambda now: deliver_due(worker, now)),
        *jobs_on_platforms(worker),
        # With millions of reports it takes minutes: it may have a fifth of a worker, not all of it.
        Job("weigh", every_s=30, do=weigh, rest=4),
        # Reads all that is known of suspended accounts: it may have a tenth of a worker.
        Job("look_for_returners", every_s=60, do=look, rest=9),
        Job("take_valuations", every_s=2, do=lambda now: take_valuations()),
        Job("expire_due", every_s=5, do=expire_due),
        # Looks at all that is kept: minutes, where that is millions of reports.
        Job("erase_what_is_due", every_s=6 * 3600, do=erase_what_is_due, rest=4),
        Job("erase_what_was_said", every_s=6 * 3600, do=erase_what_was_said, rest=4),
        Job("measure", every_s=3600, do=measure),
        # Reads all that is known of whoever was decided about: it may have a tenth of a worker.
        Job("measure_what_came_of_it", every_s=10, do=measure_what_came_of_it, rest=9),
        Job("sign_the_record", every_s=10, do=sign_the_record),
        Job("forget_sessions", every_s=3600, do=forget_sessions),
    )
