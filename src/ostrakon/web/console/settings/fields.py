"""What the forms of the settings share: times in UTC, and how a refusal is shown beside what was written."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ostrakon.errors import Refused
from ostrakon.web.api.problems import refusal
from ostrakon.web.api.shapes import EARLIEST_YEAR, LATEST_YEAR
from ostrakon.web.saying import why_refused

AS_BROWSERS_SEND_IT = "%Y-%m-%dT%H:%M"
INVALID = 422
"""The status of a page whose form cannot be read."""


class MomentField(forms.DateTimeField):
    """A time to the minute, in UTC; empty: none."""

    def __init__(self, **named: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=AS_BROWSERS_SEND_IT)
        super().__init__(widget=widget, required=False, **named)

    def validate(self, value: datetime | None) -> None:
        """A year outside of these is a slip of the hand."""
        super().validate(value)
        if value is not None and not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
            raise ValidationError(_("This year cannot be meant."))


def show_refusal(form: forms.Form, refused: Refused) -> int:
    """Put what stood in the way beside the form; gives the status of the page."""
    form.add_error(None, why_refused(refused))
    return refusal(refused).status
