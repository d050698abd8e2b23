"""A notice by e-mail: Ozone asks the account's server to send it, to suspended people too."""

from __future__ import annotations

from html import escape

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.atproto.acting import emit, not_taken, nothing_done
from ostrakon.platforms.atproto.deeds import out_of_reach
from ostrakon.platforms.atproto.hosting import hosting
from ostrakon.platforms.atproto.replies import message_of
from ostrakon.platforms.atproto.session import Session
from ostrakon.platforms.atproto.state import events
from ostrakon.platforms.atproto.words import MAILED, Event, event_of, is_did, repo_ref
from ostrakon.platforms.contract import AccountRef, Applied, Message, Outcome, Refusal, Refused, Unknown


def tell(session: Session, account: AccountRef, message: Message, key: str) -> Outcome:
    """Send one mail. The receipt is the event in which Ozone says that it was handed on.

    Ozone sends the mail before it looks at the key (0.4.2): the same key again would be refused, and be a second mail
    all the same. So whether it was sent is read before, and each try gets a key of its own.
    """
    if not is_did(account.id):
        return Refused(Refusal.INVALID, "an account of atproto is named by its DID")
    try:
        if refused := out_of_reach(hosting(session, account.id), follows=False):
            return refused
        tries = events(session, account.id, (MAILED,), key=key)
        if done := next((event for event in tries if event.delivered), None):
            return Applied(_receipt(done))
        reply = emit(session, _mail(message), repo_ref(account.id), key, once=f"{key}/{len(tries) + 1}")
    except PlatformUnreadable as why:
        return nothing_done(why)
    if outcome := not_taken(session, reply):
        return outcome
    if not reply.ok:
        return Refused(Refusal.INVALID, message_of(reply))
    return _delivered(reply.fields)


def _delivered(fields: object) -> Outcome:
    try:
        event = event_of(fields if isinstance(fields, dict) else {})
    except PlatformUnreadable as why:
        return Unknown(str(why))
    if not event.delivered:
        return Unknown(f"Ozone made event {event.id}, and says that the mail was not delivered")
    return Applied(_receipt(event))


def _receipt(event: Event) -> str:
    return f"event {event.id} of {event.at.isoformat()}: handed on to the account's server"


def _mail(message: Message) -> dict[str, str]:
    """The account's server sends the content as HTML, and makes the plain text of it."""
    paragraphs = (escape(part).replace("\n", "<br>") for part in message.body.split("\n\n"))
    whole = "".join(f"<p>{part}</p>" for part in paragraphs)
    return {
        "$type": MAILED,
        "subjectLine": message.subject,
        "content": f'<div lang="{escape(message.language)}" dir="auto">{whole}</div>',
        "comment": "notice",
    }
