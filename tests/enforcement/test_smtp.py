"""E-mail to a real server: what it answers, and what it does not."""

from __future__ import annotations

import socket
import ssl
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.enforcement.case import (
    SOON,
    a_statement,
    free_port,
    mail_server,
    mail_to,
    rude_server,
)

from ostrakon.casework.models import Notice
from ostrakon.enforcement.models import Dispatch
from ostrakon.enforcement.outcomes import Delivered, Outcome, Refused, Retry, Unknown
from ostrakon.enforcement.smtp import carry
from ostrakon.intake.models import Contact

pytestmark = pytest.mark.django_db


def waiting(settings: Any, email: str = "chidi@example.org") -> Dispatch:
    mail_to(settings, 1)
    return Dispatch.objects.get(notice=a_statement(email=email))


def outcome(settings: Any, port: int, email: str = "chidi@example.org", **changes: Any) -> Outcome:
    dispatch = waiting(settings, email)
    mail_to(settings, port, **changes)
    return carry(dispatch, SOON)


def test_a_letter_that_is_taken_has_the_servers_answer_as_its_receipt(settings: Any) -> None:
    with mail_server() as server:
        assert outcome(settings, server.port) == Delivered("250 2.0.0 taken as 4711")
    (letter,) = server.letters
    notice = Notice.objects.get()
    assert letter["To"] == "chidi@example.org"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Subject"] == notice.subject
    assert letter.get_content().replace("\r\n", "\n").strip() == (notice.body or "").strip()


def test_a_letter_made_again_is_the_same(settings: Any) -> None:
    dispatch = waiting(settings)
    with mail_server() as server:
        mail_to(settings, server.port)
        carry(dispatch, SOON)
        carry(dispatch, SOON + timedelta(hours=5))
    first, second = server.letters
    assert first.as_bytes() == second.as_bytes()
    assert len(set(server.ids)) == 1


@pytest.mark.parametrize("where", ["after_rcpt", "after_data"])
def test_later_means_later_and_never_means_never(settings: Any, where: str) -> None:
    for said, kind in (("451 4.7.1 greylisted", Retry), ("550 5.1.1 <chidi@example.org> unknown", Refused)):
        with mail_server(**{where: said}) as server:
            dispatch = Dispatch.objects.first() or waiting(settings)
            mail_to(settings, server.port)
            came = carry(dispatch, SOON)
        assert type(came) is kind
        assert came.detail == said.replace("<chidi@example.org>", "<address>")


def test_a_server_that_breaks_off_after_the_letter_may_have_taken_it(settings: Any) -> None:
    with mail_server(breaks_off=True) as server:
        came = outcome(settings, server.port)
    assert isinstance(came, Unknown)
    assert len(server.letters) == 1


def test_a_server_that_is_silent_after_the_letter_may_have_taken_it(settings: Any) -> None:
    with mail_server(wait_s=30) as server:
        began = time.monotonic()
        assert isinstance(outcome(settings, server.port, smtp_timeout_s=0.3), Unknown)
        assert time.monotonic() - began < 3


def drip(line: socket.socket) -> None:
    """A byte now and then: no timeout of a socket ever passes."""
    for byte in b"220 " + b"x" * 1000:
        line.sendall(bytes([byte]))
        time.sleep(0.05)


def drip_for_ever_after_hello(line: socket.socket) -> None:
    line.sendall(b"220 welcome\r\n")
    line.recv(1000)
    while True:
        line.sendall(b"250-more\r\n")
        time.sleep(0.05)


def say_nothing(line: socket.socket) -> None:
    line.recv(1000)
    time.sleep(5)


def hang_up(line: socket.socket) -> None:
    line.sendall(b"220 wel")


def no_service(line: socket.socket) -> None:
    line.sendall(b"554 5.3.2 no service for chidi@example.org\r\n")
    line.recv(1000)


def speak_nonsense(line: socket.socket) -> None:
    line.sendall(b"\xff\xfe\x00" * 5000)


@pytest.mark.parametrize(
    "talk", [drip, drip_for_ever_after_hello, say_nothing, hang_up, no_service, speak_nonsense]
)
def test_a_server_that_does_not_come_to_the_letter_holds_nobody_up(settings: Any, talk: Any) -> None:
    with rude_server(talk) as port:
        began = time.monotonic()
        came = outcome(settings, port, smtp_timeout_s=0.3)
        assert time.monotonic() - began < 3
    assert isinstance(came, Retry)
    assert came.of_route
    assert "chidi" not in came.detail


def test_a_server_that_is_not_there_is_asked_again(settings: Any) -> None:
    came = outcome(settings, free_port())
    assert isinstance(came, Retry)
    assert came.of_route


@pytest.mark.parametrize(
    "address",
    [
        "no-address",
        "a@b.org, everybody@example.org",
        "a@b.org\r\nBcc: everybody@example.org",
        "a@b.org\r\nDATA",
        "<a@b.org>",
        "@",
        "a b@example.org",
    ],
)
def test_what_is_no_address_reaches_no_server(settings: Any, address: str) -> None:
    with mail_server() as server:
        assert isinstance(outcome(settings, server.port, address), Refused)
    assert not server.letters


def test_an_address_that_was_erased_meanwhile_is_not_remembered(settings: Any) -> None:
    dispatch = waiting(settings)
    Contact.objects.all().delete()
    with mail_server() as server:
        mail_to(settings, server.port)
        assert isinstance(carry(Dispatch.objects.get(pk=dispatch.pk), SOON), Refused)


def test_a_domain_in_other_letters_travels_as_the_network_writes_it(settings: Any) -> None:
    with mail_server() as server:
        assert isinstance(outcome(settings, server.port, "chidi@münchen.example"), Delivered)
    assert server.letters[0]["To"] == "chidi@xn--mnchen-3ya.example"


def test_nothing_is_said_before_the_line_is_encrypted(settings: Any) -> None:
    with mail_server() as server:
        came = outcome(settings, server.port, smtp_starttls=True)
    assert isinstance(came, Retry)
    assert not server.letters


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate that this machine trusts for the length of the test."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = tmp_path / "certificate.pem", tmp_path / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    return context


def test_an_encrypted_line_carries_it(settings: Any, certificate: ssl.SSLContext) -> None:
    with mail_server(tls_context=certificate) as server:
        assert isinstance(outcome(settings, server.port, smtp_starttls=True), Delivered)


def test_a_server_that_nobody_vouches_for_gets_nothing(
    settings: Any, certificate: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with mail_server(tls_context=certificate) as server:
        assert isinstance(outcome(settings, server.port, smtp_starttls=True), Retry)
    assert not server.letters
