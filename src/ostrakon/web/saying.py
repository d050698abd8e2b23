"""What verbs say when they refuse something, in the language of the reader.

Verbs say it in plain English where they raise it. ``makemessages`` finds these sentences for the translators.
"""

from __future__ import annotations

from django.utils.translation import gettext

from ostrakon.errors import Refused, filled


def why_refused(refused: Refused) -> str:
    """Why it was refused, and what to do."""
    return filled(gettext(refused.sentence), {name: _said(value) for name, value in refused.values.items()})


def _said(value: object) -> object:
    """A name of the house's own, such as that of a field, is said in the language too; whatever else stays as it is."""
    if isinstance(value, list | tuple):
        return [_said(item) for item in value]
    return gettext(value) if isinstance(value, str) and value else value
