"""What Synapse's replies mean, by their status and ``errcode``: observed with 1.163.2, where not said otherwise."""

from __future__ import annotations

from ostrakon.platforms.contract import Outcome, Refusal, Refused, RetryAt, Unknown
from ostrakon.platforms.wire import WAIT_S, Reply, asked_to_wait, halted, unclear

UNAUTHORISED, FORBIDDEN, NOT_FOUND, TOO_MANY = 401, 403, 404, 429
MALFORMED = frozenset({"M_INVALID_PARAM", "M_BAD_JSON", "M_NOT_JSON", "M_MISSING_PARAM"})


def error_of(reply: Reply) -> str:
    """The ``errcode``; empty: none, so the reply is not Synapse's but of something before it."""
    code = reply.fields.get("errcode")
    return code if isinstance(code, str) else ""


def of_reading(reply: Reply) -> Outcome | None:
    """What a read came to before anything was sent; None: it can be read on.

    Whatever went wrong, nothing was done. Forbidden here means that we have no rights at all.
    """
    trail = (reply.exchange,)
    if reply.ok and reply.failure is None and isinstance(reply.json, dict):
        return None
    if reply.status in (UNAUTHORISED, FORBIDDEN):
        return halted(reply, f"the server answered {reply.status} {error_of(reply)}".rstrip())
    if reply.failure is None and error_of(reply) and reply.status in (400, NOT_FOUND, TOO_MANY):
        return _of_error(reply)
    if reply.status == TOO_MANY:
        return asked_to_wait(reply)
    return RetryAt(WAIT_S, f"the state cannot be read: {reply.status or reply.failure}", trail)


def of_acting(reply: Reply, *, forbidden: Refusal = Refusal.NOT_ALLOWED) -> Outcome | None:
    """What a request came to that changes something; None: success, as far as the reply goes.

    Args:
        forbidden: what a 403 means. We were let in to read just before, so it is about this one account.
    """
    trail = (reply.exchange,)
    if outcome := unclear(reply):
        return outcome
    if reply.ok:
        understood = isinstance(reply.json, dict)
        return None if understood else Unknown("the reply is not understood", trail)
    if reply.status == UNAUTHORISED:
        return halted(reply, f"the token is not valid: {error_of(reply)}")
    if reply.status == TOO_MANY and not error_of(reply):
        return asked_to_wait(reply)  # something before Synapse, which does not hand it on
    if not error_of(reply):
        return Unknown(f"something answered {reply.status}, and not in the words of the server", trail)
    if reply.status == FORBIDDEN:
        return Refused(forbidden, _said(reply), trail)
    return _of_error(reply)


def _of_error(reply: Reply) -> Outcome:
    """An error in Synapse's own words."""
    code, trail = error_of(reply), (reply.exchange,)
    if reply.status == TOO_MANY:
        # A module's refusal is shown as 429 M_UNKNOWN "Rate limited": waiting would not help.
        return (
            asked_to_wait(reply)
            if code == "M_LIMIT_EXCEEDED"
            else Refused(Refusal.NOT_ALLOWED, _said(reply), trail)
        )
    if reply.status == NOT_FOUND:
        known = code != "M_UNRECOGNIZED"
        return Refused(Refusal.TARGET_GONE if known else Refusal.UNSUPPORTED, _said(reply), trail)
    if code in MALFORMED:
        return Refused(Refusal.INVALID, _said(reply), trail)
    if reply.status == 400 and "local user" in str(reply.fields.get("error", "")):
        return Refused(Refusal.REMOTE, _said(reply), trail)
    return Refused(Refusal.INVALID, _said(reply), trail)


def _said(reply: Reply) -> str:
    """Its own words, as the exchange has them: cleaned and cut."""
    return reply.exchange.reply[:200]
