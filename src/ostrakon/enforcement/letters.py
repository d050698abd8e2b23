"""A notice as an e-mail, and to whom."""

from __future__ import annotations

from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.validators import validate_email

from ostrakon.casework.models import Appeal, Notice


def address_of(notice: Notice) -> str:
    """Where its recipient is reached now; empty: nowhere.

    The answer to somebody's own appeal goes to where they asked for it.
    """
    if notice.reporter is not None:
        return notice.reporter.email
    appeal = notice.appeal
    if appeal is not None and appeal.filed_by == Appeal.FiledBy.USER and appeal.email:
        return appeal.email
    try:
        return notice.account.contact.email if notice.account else ""
    except ObjectDoesNotExist:
        return ""


def letter_of(notice: Notice, to: str, effect: str) -> EmailMessage:
    """The e-mail. Made again it is the same to the byte, under the same Message-ID: a receiver can tell a repetition.

    Raises:
        ValueError: ``to`` is no e-mail address, or the notice was erased.
    """
    if notice.subject is None or notice.body is None:
        raise ValueError("the notice was erased")
    letter = EmailMessage(policy=policy.SMTP if to.isascii() else policy.SMTPUTF8)
    letter["From"] = settings.CONFIGURATION.mail_from
    letter["To"] = Address(addr_spec=to)
    letter["Subject"] = notice.subject
    letter["Date"] = format_datetime(notice.written_at)
    letter["Message-ID"] = f"<{effect}@{sender().partition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter["Content-Language"] = notice.language
    letter.set_content(notice.body)
    return letter


def sender() -> str:
    """The bare address that letters come from."""
    return parseaddr(settings.CONFIGURATION.mail_from)[1]


def wire_address(address: str) -> str:
    """As it travels: the domain in ASCII.

    Raises:
        ValueError: it is no e-mail address.
    """
    try:
        validate_email(address)
        local, _, domain = address.rpartition("@")
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except (ValidationError, UnicodeError) as problem:
        raise ValueError("this is not an e-mail address") from problem


def effect_of(key: str, since: datetime) -> str:
    """The id of an effect, for its receiver: the same for every repetition, and for nothing else.

    ``since`` tells it from an effect of the same key in a database that was restored from before it.

    >>> from datetime import UTC
    >>> effect_of("notice:12", datetime(2026, 11, 22, tzinfo=UTC))
    'notice-12-1795305600000000'
    """
    return f"{key.replace(':', '-')}-{int(since.timestamp() * 1_000_000)}"
