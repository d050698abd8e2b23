"""What verbs say when they refuse something, in the language of the reader.

Verbs say it in plain English where they raise it. ``makemessages`` finds these sentences for the translators; what was
filled in with values stays in English.
"""

from __future__ import annotations

from django.utils.translation import gettext

from ostrakon.errors import Refused


def why_refused(refused: Refused) -> str:
    """Why it was refused, and what to do."""
    return gettext(str(refused))
