"""What tests of enforcement stand on: notices that wait, a mail server and a receiver of webhooks, both real."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from django.conf import settings as django_settings
from django.db import transaction
from tests.casework.case import NOW, account, case, decision_in_force, person
from tests.casework.case import policy as a_policy

from ostrakon.casework.models import Decision, Notice, NoticeTemplate, Person, Policy
from ostrakon.casework.notices import write_notice
from ostrakon.enforcement.models import Dispatch

Kind = NoticeTemplate.Kind
SOON = NOW + timedelta(minutes=1)
LATER = NOW + timedelta(hours=1)


def a_decision(name: str = "chidi", email: str = "", **fields: Any) -> Decision:
    """A suspension in force, of somebody who can be reached."""
    proposer = Person.objects.filter(username="alice").first() or person("alice")
    approver = Person.objects.filter(username="bram").first() or person("bram")
    under = Policy.objects.filter(code="harassment").first() or a_policy()
    whose = account(name, email=email or f"{name}@example.org")
    return decision_in_force(case(whose, under), proposer, approver, **fields)


def a_statement(name: str = "chidi", email: str = "") -> Notice:
    """A statement of reasons, handed to the outbox."""
    with transaction.atomic():
        return write_notice(Kind.STATEMENT_OF_REASONS, now=NOW, decision=a_decision(name, email))


def state_of(notice: Notice) -> str:
    return Dispatch.objects.get(notice=notice).state


# Mail


def mail_to(settings: Any, port: int, **changes: Any) -> None:
    """Notices go to a server on this machine from now on."""
    settings.CONFIGURATION = replace(
        django_settings.CONFIGURATION,
        **{
            "smtp_host": "127.0.0.1",
            "smtp_port": port,
            "smtp_starttls": False,
            "smtp_timeout_s": 1.0,
            **changes,
        },
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class MailServer:
    """A handler of aiosmtpd: keeps every letter it took, and says what it is told to say."""

    after_data: str = "250 2.0.0 taken as 4711"
    after_rcpt: str = "250 OK"
    breaks_off: bool = False
    """After it took the letter, before it says so."""
    wait_s: float = 0.0
    letters: list[EmailMessage] = field(default_factory=list)
    port: int = field(default_factory=free_port)
    watch: Callable[[], None] = lambda: None

    async def handle_RCPT(  # noqa: N802  aiosmtpd finds it by this name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.after_rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.after_rcpt

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  likewise
        self.watch()
        if self.after_data.startswith("250"):
            letter = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(letter, EmailMessage)
            self.letters.append(letter)
        await asyncio.sleep(self.wait_s)
        if self.breaks_off:
            server.transport.abort()
        return self.after_data

    @property
    def ids(self) -> list[str]:
        return [str(letter["Message-ID"]) for letter in self.letters]


@contextmanager
def mail_server(**behaviour: Any) -> Iterator[MailServer]:
    """A real mail server on this machine, for a while."""
    tls = behaviour.pop("tls_context", None)
    server = MailServer(**behaviour)
    running = Controller(server, hostname="127.0.0.1", port=server.port, tls_context=tls)
    running.start()
    try:
        yield server
    finally:
        running.stop()


@contextmanager
def rude_server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that speaks as ``talk`` does, with each caller in a thread; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def answer(line: socket.socket) -> None:
            with line, suppress(OSError):  # the caller hung up, as it should
                talk(line)

        def listen() -> None:
            while True:
                try:
                    line, _ = door.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=[line], daemon=True).start()

        threading.Thread(target=listen, daemon=True).start()
        yield door.getsockname()[1]
        door.shutdown(socket.SHUT_RDWR)


# Webhooks


@dataclass
class Receiver:
    """What a receiver of webhooks heard, and what it answers."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""
    watch: Callable[[], None] = lambda: None

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.heard]


@contextmanager
def receiver(**behaviour: Any) -> Iterator[Receiver]:
    """A real HTTP server on this machine, for a while."""
    heard = Receiver(**behaviour)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            heard.watch()
            heard.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(heard.status)
            for name, value in heard.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(heard.body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        heard.url = f"http://127.0.0.1:{server.server_port}/events"
        running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        running.start()
        yield heard
        server.shutdown()
        running.join()
