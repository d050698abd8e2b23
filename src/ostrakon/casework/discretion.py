"""What people write to the reported must not say who reported them."""

from __future__ import annotations

import re

from django.db.models import Exists, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Length, Lower, StrIndex

from ostrakon.errors import Unfit
from ostrakon.intake.models import Account, Handle, Report, Reporter

SHORTEST_QUOTE = 20
"""Characters of a report from which on it counts as quoted: fewer may be a coincidence ("spam")."""
SHORTEST_NAME, SHORTEST_NUMBER = 3, 6
"""Characters from which on a word, or a number, may be somebody's id: "12" stands in every second text."""
_AROUND = re.compile(r"^[^\w@#]+|[^\w]+$")


def refuse_named_reporters(text: str, account: Account) -> None:
    """Go on only if a text for the reported neither names somebody who reported the account nor quotes their report.

    Raises:
        Unfit: it does. The message repeats neither.
    """
    if _names_one(text, account):
        raise Unfit("the text names somebody who reported this account; say it without their name")
    if _quotes_one(text, account):
        raise Unfit("the text quotes a report; say it in your own words")


def _names_one(text: str, account: Account) -> bool:
    words = _words(text)
    spoke = Report.objects.filter(account=account)
    known = Reporter.objects.filter(Exists(spoke.filter(reporter=OuterRef("pk"))))
    # Each is found in an index by the word: how many reported the account makes it no slower.
    by_id = known.filter(platform=account.platform, external_id__in=words)
    return by_id.exists() or _bears_one(words, account, spoke) or _reaches_one(words, spoke)


def _bears_one(words: set[str], account: Account, spoke: QuerySet[Report]) -> bool:
    """Is one of the words a handle of somebody who reported?

    In two steps, each from an index: joined into one, PostgreSQL without fresh statistics begins at the wrong end.
    """
    handles = Handle.objects.alias(plain=Lower("handle")).filter(plain__in=words)
    theirs = handles.filter(account__platform=account.platform).exclude(account=account)
    bearers = {*theirs.values_list("account__external_id", flat=True)}
    return spoke.filter(reporter__platform=account.platform, reporter__external_id__in=bearers).exists()


def _reaches_one(words: set[str], spoke: QuerySet[Report]) -> bool:
    """Is one of the words the e-mail address of somebody who reported?"""
    addresses = {word for word in words if "@" in word}
    reached = Reporter.objects.filter(pk__in=spoke.values("reporter")).alias(plain=Lower("email"))
    return reached.filter(plain__in=addresses).exists()


def _quotes_one(text: str, account: Account) -> bool:
    """By searching, not by LIKE: SQLite refuses long patterns, and a long report must not stop a decision."""
    said = Value(text, output_field=TextField())
    return (
        Report.objects.filter(account=account)
        .alias(long=Length("text"), place=StrIndex(Lower(said), Lower("text")))
        .filter(long__gte=SHORTEST_QUOTE, long__lte=len(text), place__gt=0)
        .exists()
    )


def _words(text: str) -> set[str]:
    """The words of a text as they stand and in small letters, and without what stands around them."""
    raw = {form for word in text.split() for form in (word, word.lower())}
    bare = {_AROUND.sub("", word) for word in raw}
    all_forms = {*raw, *bare, *(word.lstrip("@#") for word in bare)}
    return {word for word in all_forms if len(word) >= (SHORTEST_NUMBER if word.isdigit() else SHORTEST_NAME)}
