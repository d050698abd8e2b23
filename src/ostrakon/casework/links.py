"""Links that stand in notices: who has one may read that notice, or appeal against that decision, and nothing else.

They are signed and carry their own end, so that nothing about them is kept. A forged one, one that has run out and one
to something that does not exist look the same from outside.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer

from ostrakon.casework.models import Decision, Notice
from ostrakon.errors import NotThere

APPEALS_OPEN = timedelta(days=190)
"""Six months (DSA, Article 20(1)) from the day on which somebody was told, and some days for the telling."""
NOTHING_HERE = "this link leads nowhere: it may have run out, or not have been copied whole"
LONGEST = 200


def end_of_appeals(now: datetime) -> datetime:
    """Until when somebody who is told now may appeal, to the second."""
    return (now + APPEALS_OPEN).replace(microsecond=0)


def appeal_link(decision: Decision, now: datetime) -> str:
    """Where somebody appeals, until ``end_of_appeals(now)``."""
    return f"{settings.CONFIGURATION.address}/appeal/{_signed('appeal', decision.pk, now)}"


def notice_link(notice: Notice, now: datetime) -> str:
    """Where somebody reads a notice to them."""
    return f"{settings.CONFIGURATION.address}/notice/{_signed('notice', notice.pk, now)}"


def decision_of(token: str, now: datetime) -> Decision:
    """The decision that an appeal link speaks of.

    Raises:
        NotThere: forged, run out, or there is none.
    """
    found = Decision.objects.filter(pk=_number_in("appeal", token, now)).first()
    if found is None:
        raise NotThere(NOTHING_HERE)
    return found


def notice_of(token: str, now: datetime) -> Notice:
    """The notice that a notice link speaks of.

    Raises:
        NotThere: forged, run out, or there is none.
    """
    found = Notice.objects.filter(pk=_number_in("notice", token, now)).first()
    if found is None:
        raise NotThere(NOTHING_HERE)
    return found


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"ostrakon.casework.links.{purpose}", sep=".")


def _signed(purpose: str, number: int, now: datetime) -> str:
    return _signer(purpose).sign(f"{number}.{int(end_of_appeals(now).timestamp())}")


def _number_in(purpose: str, token: str, now: datetime) -> int:
    try:
        number, end = _signer(purpose).unsign(token[:LONGEST]).split(".")
    except (BadSignature, UnicodeEncodeError) as problem:
        raise NotThere(NOTHING_HERE) from problem
    if datetime.fromtimestamp(int(end), UTC) < now:
        raise NotThere(NOTHING_HERE)
    return int(number)
