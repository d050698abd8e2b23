"""Carries a notice to the mail server. Taken is what the server answered with 2xx after it had the whole letter."""

from __future__ import annotations

import smtplib
import socket
import ssl
from contextlib import suppress
from datetime import datetime

from django.conf import settings

from ostrakon.enforcement.deadline import Deadline
from ostrakon.enforcement.letters import address_of, effect_of, letter_of, sender, wire_address
from ostrakon.enforcement.models import Dispatch
from ostrakon.enforcement.outcomes import Delivered, Outcome, Refused, Retry, Unknown, plain


def carry(dispatch: Dispatch, now: datetime) -> Outcome:
    """Send one notice. Never raises for what a server or an address does."""
    notice = dispatch.notice
    if notice is None or not (address := address_of(notice)):
        return Refused("nobody knows how to reach this person")
    if not settings.CONFIGURATION.smtp_host:
        return Retry("no mail server is set up", of_route=True)
    try:
        to = wire_address(address)
        letter = letter_of(notice, to, effect_of(dispatch.key, notice.written_at)).as_bytes()
    except ValueError as problem:
        return Refused(plain(str(problem)))
    return _converse(to, letter)


class _Line(smtplib.SMTP):
    """A conversation with an end: cut at the deadline, from the first byte of the greeting on."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        there = settings.CONFIGURATION
        here = sender().partition("@")[2] or "localhost"  # asking the network for our own name may hang
        super().__init__(there.smtp_host, there.smtp_port, here, timeout=deadline.seconds)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        line = socket.create_connection((host, port), timeout, self.source_address)
        self._deadline.watch(line)
        return line


def _converse(to: str, letter: bytes) -> Outcome:
    with Deadline(settings.CONFIGURATION.smtp_timeout_s) as deadline:
        try:
            server = _introduced(deadline)
        except (OSError, ValueError) as problem:  # every error of smtplib is an OSError
            return Retry(_said(problem), of_route=True)
        try:
            return _asked(server, to) or _handed_over(server, letter)
        finally:
            with suppress(OSError):
                server.putcmd("quit")  # polite; nobody waits for the answer
            server.close()


def _introduced(deadline: Deadline) -> smtplib.SMTP:
    """Encrypted before anything is said, where that is asked for: never without because a server does not offer it."""
    there = settings.CONFIGURATION
    server = _Line(deadline)
    try:
        server.ehlo_or_helo_if_needed()
        if there.smtp_starttls:
            server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()
        if there.smtp_user:
            server.login(there.smtp_user, there.smtp_password)
    except BaseException:
        server.close()
        raise
    return server


def _asked(server: smtplib.SMTP, to: str) -> Outcome | None:
    """Sender and recipient; None: the server waits for the letter."""
    options = []
    if not to.isascii():
        if not server.has_extn("smtputf8"):
            return Refused("the mail server takes no addresses with such letters")
        options, server.command_encoding = ["SMTPUTF8", "BODY=8BITMIME"], "utf-8"
    try:
        for code, said in (server.mail(sender(), options), server.rcpt(to)):
            if not 200 <= code < 300:
                return _by_code(code, said)
    except (OSError, ValueError) as problem:
        return Retry(_said(problem), of_route=True)
    return None


def _handed_over(server: smtplib.SMTP, letter: bytes) -> Outcome:
    try:
        return _by_code(*server.data(letter))
    except smtplib.SMTPDataError as refused:  # before the letter was sent
        return _by_code(refused.smtp_code, refused.smtp_error)
    except (OSError, ValueError) as problem:
        return Unknown(f"the server never said whether it took the letter: {_said(problem)}")


def _by_code(code: int, said: bytes | str) -> Outcome:
    line = plain(f"{code} ".encode() + (said if isinstance(said, bytes) else said.encode()))
    if 200 <= code < 300:
        return Delivered(line)
    return Refused(line) if 500 <= code < 600 else Retry(line, of_route=code == 421)


def _said(problem: BaseException) -> str:
    """Kind and words of an error; those of a server may quote an address."""
    if isinstance(problem, smtplib.SMTPResponseException):
        error = problem.smtp_error
        words = error.decode("utf-8", "replace") if isinstance(error, bytes) else str(error)
        return plain(f"{problem.smtp_code} {words}")
    return plain(f"{type(problem).__name__}: {problem}")
