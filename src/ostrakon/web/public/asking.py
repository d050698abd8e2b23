"""Forms that anybody may send: refused ones come back with everything that was written, and with what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from ninja.utils import check_csrf

from ostrakon.errors import TooOften
from ostrakon.web.addresses import pseudonym_of
from ostrakon.web.limits import Limit, knock
from ostrakon.web.public.page import wait_words


class Line(forms.CharField):
    """One line, in either direction of writing."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """The direction follows what is written."""
        return {**super().widget_attrs(widget), "dir": "auto"}


class Words(Line):
    """Several lines. Browsers send the end of a line as two characters; it counts as one, as it does in the browser."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        """The words without the blanks around them."""
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


class Asking(forms.Form):
    """What somebody asks of us, and with which status it is answered when it is refused."""

    status = 200
    wait_s = 0

    def is_taken(self, request: HttpRequest, limit: Limit, now: datetime) -> bool:
        """May it be acted on? If not, the form says why."""
        try:
            knock(limit, pseudonym_of(request), now)
        except TooOften as raised:
            self.wait_s = raised.wait_s
            return self.refuse(429, wait_words(raised.wait_s))
        if check_csrf(request) is not None:
            return self.refuse(
                403,
                _(
                    "This was not sent yet: your browser did not send back the cookie of this page. Please press "
                    "the button again. If this happens again, allow cookies for this site."
                ),
            )
        self.status = 200 if self.is_valid() else 422
        return self.is_valid()

    def refuse(self, status: int, why: str) -> bool:
        """Say why it is refused; always False."""
        self.add_error(None, why)
        self.status = status
        return False


def ask(
    request: HttpRequest, template: str, form: Asking, context: Mapping[str, Any] | None = None
) -> HttpResponse:
    """The page with a form: empty, or refused."""
    page = {**(context or {}), "form": form}
    response = render(request, f"public/{template}", page, status=form.status)
    if form.wait_s:
        response["Retry-After"] = str(form.wait_s)
    return response
