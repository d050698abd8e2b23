"""The page on which somebody appeals for another. Whatever they name, they are thanked alike."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from ostrakon.casework.actions.file_appeal import LONGEST_TEXT
from ostrakon.casework.models import Appeal
from ostrakon.casework.on_behalf import Plea, appeal_on_behalf
from ostrakon.web.anonymous import APPEALING, as_long_as_always
from ostrakon.web.public.asking import Asking, Line, Words, ask
from ostrakon.web.public.page import for_everybody, show


class PleaForm(Asking):
    """An appeal on somebody's behalf."""

    account = Line(
        label=_("Whose account is it?"),
        help_text=_("Its name or its id, for example @name."),
        max_length=512,
    )
    filed_by = forms.ChoiceField(
        label=_("Who are you?"),
        choices=[
            (Appeal.FiledBy.FRIEND, _("I know the person")),
            (Appeal.FiledBy.LAWYER, _("I am their lawyer")),
            (Appeal.FiledBy.CROWD, _("I noticed it and think that it is wrong")),
        ],
        widget=forms.RadioSelect,
    )
    text = Words(
        label=_("Why is the decision wrong?"),
        help_text=_("Say it in your own words, in any language. You may give links."),
        max_length=LONGEST_TEXT,
    )
    name = Line(label=_("Your name"), max_length=200, required=False)
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("We use it only if we have a question. The answer goes to the person concerned."),
        max_length=320,
        required=False,
    )

    def plea(self) -> Plea:
        """What is asked, checked."""
        said = self.cleaned_data
        return Plea(
            platform=settings.CONFIGURATION.platform,
            account=said["account"],
            filed_by=Appeal.FiledBy(said["filed_by"]),
            text=said["text"],
            name=said["name"],
            email=said["email"],
            language=get_language() or "",
        )


@require_http_methods(["GET", "HEAD", "POST"])
@for_everybody
def on_behalf(request: HttpRequest) -> HttpResponse:
    """Appeal for somebody else."""
    now = timezone.now()
    form = PleaForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_taken(request, APPEALING, now):
        return _filed(form, now)
    return ask(request, "on_behalf.html", form)


@require_safe
@for_everybody
def received(request: HttpRequest) -> HttpResponse:
    """Thanks; always the same."""
    return show(request, "received.html")


def _filed(form: PleaForm, now: datetime) -> HttpResponse:
    with as_long_as_always():
        appeal_on_behalf(form.plea(), now)
    return redirect("public:received")
