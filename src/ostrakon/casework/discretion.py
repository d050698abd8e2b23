"""What people write to the reported must not say who reported them."""

from __future__ import annotations

import re

from django.db.models import Exists, F, OuterRef, Q, Subquery, TextField, Value
from django.db.models.functions import Cast, Length

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
    reported = Exists(Report.objects.filter(account=account, reporter=OuterRef("pk")))
    reporters = Reporter.objects.filter(reported)
    theirs = Q(external_id__in=words) | Q(email__in=words)
    known_as = Handle.objects.filter(
        Q(handle__in=words),
        account__external_id__in=Subquery(reporters.values("external_id")),
        account__platform=account.platform,
    )
    return reporters.filter(theirs).exists() or known_as.exclude(account=account).exists()


def _quotes_one(text: str, account: Account) -> bool:
    return (
        Report.objects.filter(account=account)
        .annotate(long=Length("text"), said=Cast(Value(text), TextField()))
        .filter(long__gte=SHORTEST_QUOTE, said__icontains=F("text"))
        .exists()
    )


def _words(text: str) -> set[str]:
    """The words of a text as they stand, and without what stands around them."""
    raw = text.split()
    bare = {_AROUND.sub("", word) for word in raw}
    all_forms = {*raw, *bare, *(word.lstrip("@#") for word in bare)}
    return {word for word in all_forms if len(word) >= (SHORTEST_NUMBER if word.isdigit() else SHORTEST_NAME)}
