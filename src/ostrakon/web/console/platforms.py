"""Platforms: are they fit, what is planned, what waits, what went wrong; and the switch between trying and earnest."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ostrakon.casework.permissions import Act, may, require
from ostrakon.enforcement.again import carry_out_again
from ostrakon.enforcement.connecting import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    Asked,
    add_connection,
    look_soon,
    switch,
)
from ostrakon.enforcement.connections import SECRETS, secret_places
from ostrakon.enforcement.models import Connection
from ostrakon.enforcement.standing import (
    commands_not_carried_out,
    standing_of,
    standings,
    waiting_commands,
)
from ostrakon.errors import NotThere, Refused, Unfit
from ostrakon.web.console.doors import Visit, page
from ostrakon.web.console.settings.fields import INVALID, show_refusal

LEFT_TO_RIGHT = {"dir": "ltr", "autocomplete": "off"}


class ConnectionForm(forms.Form):
    """A platform to be connected."""

    platform = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("As reports and accounts name it, as in example.org."),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs=LEFT_TO_RIGHT),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Connection.Kind.choices)
    address = forms.CharField(
        label=gettext_lazy("Address"),
        help_text=gettext_lazy(
            "Of its interface, with https://. Secrets stand in the configuration, never here."
        ),
        max_length=LONGEST_ADDRESS,
        widget=forms.TextInput(attrs={**LEFT_TO_RIGHT, "inputmode": "url"}),
    )
    options = forms.CharField(
        label=gettext_lazy("Options"),
        help_text=gettext_lazy("Of its kind, as JSON; without secrets."),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={**LEFT_TO_RIGHT, "rows": 3}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page()
def platforms(request: Visit) -> HttpResponse:
    """All of them, and for administrators the form to connect one."""
    if request.method != "POST":
        return _platforms(request, ConnectionForm())
    require(request.user, Act.MANAGE_KEYS)
    form = ConnectionForm(request.POST)
    if not form.is_valid():
        return _platforms(request, form, INVALID)
    try:
        made = add_connection(request.user, _asked(form.cleaned_data), timezone.now())
    except Refused as refused:
        return _platforms(request, form, show_refusal(form, refused))
    messages.success(
        request, _("It is connected and reads only. Put its secrets into the configuration now.")
    )
    return redirect("platform", made.pk)


@require_safe
@page()
def platform(request: Visit, connection_id: int) -> HttpResponse:
    """One of them."""
    connection = _found(connection_id)
    standing = standing_of(connection)
    context = {
        "standing": standing,
        "connection": connection,
        "health": connection.health,
        "does": sorted(connection.offers.get("actions", {})),
        "places": [
            place for name in SECRETS[connection.kind] for place in secret_places(connection.platform, name)
        ],
        "waiting": waiting_commands(connection),
        "failed": commands_not_carried_out(connection),
        "modes": [each for each in Connection.Mode.choices if each[0] != connection.mode],
        **_for(request),
    }
    return render(request, "console/platform.html", context)


@require_POST
@page(Act.MANAGE_KEYS)
def switch_mode(request: Visit, connection_id: int) -> HttpResponse:
    """Off, reading only, or live: live only after a question."""
    mode = request.POST.get("mode", "")
    if mode == Connection.Mode.LIVE and request.POST.get("sure") != "on":
        raise Unfit(_("say that you are sure: what is planned goes out then"))
    found = switch(request.user, connection_id, mode, timezone.now())
    messages.success(request, _("Switched: %(mode)s.") % {"mode": found.get_mode_display()})
    return redirect("platform", connection_id)


@require_POST
@page(Act.MANAGE_KEYS)
def look_now(request: Visit, connection_id: int) -> HttpResponse:
    """A worker checks and reads it at once."""
    look_soon(request.user, connection_id)
    messages.success(request, _("It is looked at within some seconds; open this page again then."))
    return redirect("platform", connection_id)


@require_POST
@page(Act.DO_TASKS)
def again(request: Visit, command_id: int) -> HttpResponse:
    """Carry a command out that was refused, when the way is clear."""
    command = carry_out_again(request.user, command_id, timezone.now())
    messages.success(request, _("It is on its way again."))
    return redirect("platform", command.connection_id)


def _platforms(request: Visit, form: ConnectionForm, status: int = 200) -> HttpResponse:
    context = {"standings": standings(), "form": form, **_for(request)}
    return render(request, "console/platforms.html", context, status=status)


def _for(request: Visit) -> dict[str, Any]:
    """Who sees no case sees numbers only."""
    return {
        "may_manage": may(request.user, Act.MANAGE_KEYS),
        "may_read": may(request.user, Act.READ_CASES),
        "may_do": may(request.user, Act.DO_TASKS),
    }


def _found(connection_id: int) -> Connection:
    found = Connection.objects.filter(pk=connection_id).first()
    if found is None:
        raise NotThere(_("there is no such platform"))
    return found


def _asked(given: dict[str, str]) -> Asked:
    try:
        options = json.loads(given["options"] or "{}")
    except (ValueError, RecursionError) as problem:
        raise Unfit(_("the options are no JSON")) from problem
    if not isinstance(options, dict):
        raise Unfit(_("the options are a JSON object"))
    return Asked(given["platform"], given["kind"], given["address"], options)
