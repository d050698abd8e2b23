"""What the pages and the API share for people without a name: how often they may knock, who counts as one sender, and
how long an answer takes that must tell nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from ostrakon.web.addresses import pseudonym_of
from ostrakon.web.limits import Limit

READING = Limit("public-reading", 120, timedelta(minutes=1))
APPEALING = Limit("public-appeals", 20, timedelta(hours=1))
REPORTING = Limit("public-reports", 30, timedelta(hours=1))
ALWAYS_S = 0.4
"""How long an appeal on behalf takes, whatever is found: time would tell what the answer does not."""


@contextmanager
def as_long_as_always() -> Iterator[None]:
    """What is done within takes ``ALWAYS_S``, whatever is found."""
    until = time.monotonic() + ALWAYS_S
    yield
    time.sleep(max(0.0, until - time.monotonic()))


def sender_of(request: HttpRequest, email: str, now: datetime) -> str:
    """One voice for one e-mail address, else for one network address and day; neither can be read back from it."""
    meant = email.lower() if email else f"{pseudonym_of(request)} {now:%Y-%m-%d}"
    return f"form:{salted_hmac('ostrakon.web.api.public.sender', meant, algorithm='sha256').hexdigest()}"
