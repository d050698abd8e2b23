"""What the codes of decisions say to the person concerned. Short sentences; nobody here knows our words."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ostrakon.casework.appealable import Appealable
from ostrakon.casework.models import Action, Appeal, Decision

WHAT_WE_DID: Mapping[str, Promise] = {
    Action.NONE: _("We found that a rule was broken. Your account stays as it is."),
    Action.WARN: _("This is a warning. Your account stays as it is."),
    Action.LABEL: _("Your account bears a label that others can see."),
    Action.LIMIT: _("Fewer people see what your account posts."),
    Action.SUSPEND_FOR_A_TIME: _("Your account is suspended for a time. Until then you cannot use it."),
    Action.SUSPEND: _("Your account is suspended. You cannot use it at the moment."),
}
HOW_IT_CAME_TO_US: Mapping[str, Promise] = {
    Decision.Detected.REPORTS: _("It was reported to us."),
    Decision.Detected.LIST: _("The account stands on a published list."),
    Decision.Detected.TRUSTED_FLAGGER: _("A trusted flagger told us about it."),
    Decision.Detected.AUTHORITY: _("An authority told us about it."),
    Decision.Detected.OWN: _("We came upon it ourselves."),
}
WHY_NO_APPEAL: Mapping[str, Promise] = {
    Appealable.WAITS: _("You asked already. We will answer that first, so you need not do anything now."),
    Appealable.TOO_LATE: _("The time to appeal to us is over. You can still turn to a court."),
    Appealable.UNDONE: _("This decision does not stand any more. There is nothing to appeal."),
}
WHAT_BECAME_OF_IT: Mapping[str, Promise] = {
    Appeal.Status.OPEN: _("We have your appeal. It waits for its turn."),
    Appeal.Status.GRANTED: _("You were right. We reversed the decision."),
    Appeal.Status.DENIED: _("We looked again. The decision stands."),
}


def direction_of(language: str) -> str:
    """In which direction a language (BCP 47) is written.

    >>> direction_of("ar-EG"), direction_of("fr")
    ('rtl', 'ltr')
    """
    return "rtl" if language.split("-")[0].lower() in settings.LANGUAGES_BIDI else "ltr"
