"""Keys to the API: one's own, and for administrators those of sources and colleagues."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from ostrakon.casework.permissions import Act, may
from ostrakon.errors import Refused
from ostrakon.intake.models import Source
from ostrakon.web.console.doors import Visit, page
from ostrakon.web.console.settings.fields import INVALID, MomentField, show_refusal
from ostrakon.web.console.settings.words import SCOPES
from ostrakon.web.models import Token
from ostrakon.web.tokens import (
    LONGEST_NAME,
    OF_A_SOURCE,
    NewKey,
    Scope,
    make_own_token,
    make_source_token,
    revoke_token,
)

MOST = 100
"""Keys in one table, the newest first."""


class OwnKeyForm(forms.Form):
    """A key of one's own."""

    name = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it opens"),
        choices=[*SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    expires_at = MomentField(
        label=gettext_lazy("It ends at (UTC)"), help_text=gettext_lazy("Empty: it ends when you end it.")
    )


class SourceKeyForm(OwnKeyForm):
    """A key of a source."""

    source = forms.ModelChoiceField(Source.objects.order_by("name"), label=gettext_lazy("Source"))
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it opens"),
        choices=[(scope, label) for scope, label in SCOPES.items() if scope in OF_A_SOURCE],
        initial=[Scope.REPORTS_WRITE],
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ("source", "name", "scopes", "expires_at")


@require_http_methods(["GET", "HEAD", "POST"])
@page()
def tokens(request: Visit) -> HttpResponse:
    """One's own keys, and a new one."""
    if request.method != "POST":
        return _tokens(request)
    form = OwnKeyForm(request.POST, prefix="own")
    if not form.is_valid():
        return _tokens(request, own=form, status=INVALID)
    try:
        made = make_own_token(request.user, **form.cleaned_data, now=timezone.now())
    except Refused as refused:
        return _tokens(request, own=form, status=show_refusal(form, refused))
    return _key_shown(request, made, "key-own")


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.MANAGE_KEYS)
def source_tokens(request: Visit) -> HttpResponse:
    """A key for a program that sends reports."""
    if request.method != "POST":
        return redirect("tokens")
    form = SourceKeyForm(request.POST, prefix="source")
    if not form.is_valid():
        return _tokens(request, of_source=form, status=INVALID)
    try:
        made = make_source_token(request.user, **form.cleaned_data, now=timezone.now())
    except Refused as refused:
        return _tokens(request, of_source=form, status=show_refusal(form, refused))
    return _key_shown(request, made, "key-source")


@require_POST
@page()
def end_token(request: Visit, token_id: int) -> HttpResponse:
    """End a key: one's own, or as an administrator anybody's."""
    revoke_token(request.user, token_id, timezone.now())
    messages.success(request, _("The key is ended: it opens nothing any more."))
    return redirect("tokens")


def _tokens(
    request: Visit, own: OwnKeyForm | None = None, of_source: SourceKeyForm | None = None, status: int = 200
) -> HttpResponse:
    me, cares = request.user, may(request.user, Act.MANAGE_KEYS)
    others = Token.objects.exclude(person=me) if cares else Token.objects.none()
    context: dict[str, Any] = {
        "mine": _rows(Token.objects.filter(person=me)),
        "others": _rows(others.select_related("source", "person")),
        "cares": cares,
        "own": own or OwnKeyForm(prefix="own"),
        "of_source": of_source or SourceKeyForm(prefix="source"),
        "most": MOST,
    }
    return render(request, "console/settings/tokens.html", context, status=status)


def _rows(of: QuerySet[Token]) -> list[dict[str, Any]]:
    """Those that were not ended by hand stand first."""
    now = timezone.now()
    return [
        {
            "token": token,
            "scopes": [SCOPES.get(scope, scope) for scope in token.scopes],
            "is_over": token.expires_at is not None and token.expires_at <= now,
        }
        for token in of.order_by(F("revoked_at").desc(nulls_first=True), "-pk")[:MOST]
    ]


def _key_shown(request: Visit, made: NewKey, draft: str) -> HttpResponse:
    context = {
        "title": _("A new key"),
        "about": _("Put it where your program finds it, now: it is kept nowhere and shown only once."),
        "secrets": [(_("Key"), made.key)],
        "draft": draft,
        "back": reverse("tokens"),
        "back_label": _("Back to the keys"),
    }
    return render(request, "console/settings/secret.html", context)
