"""From an empty folder to a service that can be looked at. For a process that has begun as one of that service."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from ostrakon.casework.actions.people import deactivate
from ostrakon.casework.models import Person, Role
from ostrakon.service.configuration import Configuration
from ostrakon.service.demonstration.fill import Demonstration, fill
from ostrakon.service.initialise import initialise

SET_UP_BY = "set-up"


def set_up(
    configuration: Configuration, seed: int, now: datetime, say: Callable[[str], None]
) -> Demonstration:
    """Set the service up as ``ostrakon init`` does, and fill it. Who set it up has done their part and is let go."""
    with _without_a_line_for_each_letter():
        first = initialise(configuration, SET_UP_BY, now)
        say("keys and tables")
        made = fill(seed, now, say=say)
    administrator = next(login for login in made.logins if login.role == Role.ADMINISTRATOR)
    by = Person.objects.get(username=administrator.username)
    deactivate(Person.objects.get(username=first.username), by=by)
    return made


@contextmanager
def _without_a_line_for_each_letter() -> Iterator[None]:
    log = logging.getLogger()
    level = log.level
    log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        log.setLevel(level)
