"""The page on which anybody reports something (DSA, Article 16), with or without an account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from ostrakon.casework.actions.file_appeal import LONGEST_TEXT
from ostrakon.casework.rules_in_force import titles_in_force
from ostrakon.intake.incoming import UNSPECIFIED
from ostrakon.intake.public_form import LONGEST_NAME, Filled, receive_form
from ostrakon.web.anonymous import REPORTING, sender_of
from ostrakon.web.public.asking import Asking, Line, Words, ask
from ostrakon.web.public.page import for_everybody
from ostrakon.web.receipts import receipt_of


class ReportForm(Asking):
    """A report. The law asks for a name and an address but does not require them (recital 50): nor do we."""

    account = Line(
        label=_("Which account is it about?"),
        help_text=_("Its name or its id, for example @name."),
        max_length=512,
    )
    location = Words(
        label=_("Where exactly is it?"),
        help_text=_("The address of the page or the message. If there are several, one on each line."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    policy = forms.ChoiceField(label=_("Which rule is it about?"), required=False)
    text = Words(
        label=_("Why is it against the rules or the law?"),
        help_text=_("Say what happens there, in your own words, in any language."),
        max_length=LONGEST_TEXT,
    )
    name = Line(
        label=_("Your name"),
        help_text=_("Those whom you report do not learn it. You need not give it."),
        max_length=LONGEST_NAME,
        required=False,
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("There we tell you what we decided. You need not give it."),
        max_length=320,
        required=False,
    )
    good_faith = forms.BooleanField(label=_("I believe that what I say here is true and complete"))

    def __init__(self, data: Any, now: datetime) -> None:
        super().__init__(data)
        rules = titles_in_force(get_language() or "", now)
        self.fields["policy"].choices = [("", _("I am not sure")), *rules]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A name leads to somebody only with an address."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("name") and not said.get("email") and "email" not in self.errors:
            self.add_error("email", _("Please give your address too, or leave out your name."))
        return said

    def filled(self, request: HttpRequest, now: datetime) -> Filled:
        """What is reported, checked."""
        said = self.cleaned_data
        return Filled(
            platform=settings.CONFIGURATION.platform,
            account=said["account"],
            reporter=sender_of(request, said["email"], now),
            text=said["text"],
            location=said["location"],
            policy=said["policy"] or UNSPECIFIED,
            name=said["name"],
            email=said["email"],
            language=get_language() or "",
        )


@require_http_methods(["GET", "HEAD", "POST"])
@for_everybody
def report(request: HttpRequest) -> HttpResponse:
    """Report something, and be led to its receipt."""
    now = timezone.now()
    form = ReportForm(request.POST if request.method == "POST" else None, now)
    if form.is_bound and form.is_taken(request, REPORTING, now):
        return redirect("public:status", receipt_of(receive_form(form.filled(request, now), now)))
    return ask(request, "report.html", form)
