"""Which programs hear of decisions, and what became of what they were told."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ostrakon.casework.permissions import Act
from ostrakon.enforcement.models import Webhook
from ostrakon.enforcement.subscriptions import LONGEST_URL, add_webhook, stop_webhook
from ostrakon.errors import NotThere, Refused
from ostrakon.web.console.doors import Visit, page
from ostrakon.web.console.settings.fields import INVALID, show_refusal
from ostrakon.web.console.settings.words import ATTEMPTS, DELIVERIES, EVENTS

MOST = 100
"""Of webhooks, and of what one of them was told; the newest first."""


class WebhookForm(forms.Form):
    """A program that wants to hear of decisions."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        help_text=gettext_lazy("https://… ; what it hears is signed with a secret that you see once."),
        max_length=LONGEST_URL,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "inputmode": "url"}),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("What it hears"),
        help_text=gettext_lazy("None: all of them."),
        choices=[*EVENTS.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.MANAGE_KEYS)
def webhooks(request: Visit) -> HttpResponse:
    """All of them, and the form to add one."""
    if request.method != "POST":
        return _webhooks(request, WebhookForm())
    form = WebhookForm(request.POST)
    if not form.is_valid():
        return _webhooks(request, form, INVALID)
    try:
        hook, secret = add_webhook(request.user, **form.cleaned_data, now=timezone.now())
    except Refused as refused:
        return _webhooks(request, form, show_refusal(form, refused))
    return _secret_shown(request, hook, secret)


@require_safe
@page(Act.MANAGE_KEYS)
def webhook(request: Visit, webhook_id: int) -> HttpResponse:
    """One of them: what it was told last, each try and what came of it."""
    found = Webhook.objects.filter(pk=webhook_id).first()
    if found is None:
        raise NotThere(_("there is no such webhook"))
    told = found.dispatches.prefetch_related("tries").order_by("-pk")[:MOST]
    rows = [
        {
            "dispatch": each,
            "event": EVENTS.get(each.payload.get("type", ""), each.payload.get("type", "")),
            "state": DELIVERIES[each.state],
            "tries": [
                {"attempt": attempt, "outcome": ATTEMPTS.get(attempt.outcome, attempt.outcome)}
                for attempt in sorted(each.tries.all(), key=lambda attempt: attempt.number)
            ],
        }
        for each in told
    ]
    context = {"hook": found, "events": _events(found), "rows": rows}
    return render(request, "console/settings/webhook.html", context)


@require_POST
@page(Act.MANAGE_KEYS)
def stop(request: Visit, webhook_id: int) -> HttpResponse:
    """It hears of nothing any more."""
    stop_webhook(request.user, webhook_id)
    messages.success(request, _("It is stopped: it hears of nothing any more."))
    return redirect("webhooks")


def _webhooks(request: Visit, form: WebhookForm, status: int = 200) -> HttpResponse:
    found = Webhook.objects.order_by("-is_active", "-pk")[:MOST]
    rows = [{"hook": each, "events": _events(each)} for each in found]
    return render(request, "console/settings/webhooks.html", {"rows": rows, "form": form}, status=status)


def _events(hook: Webhook) -> list[object]:
    """What it hears, in words."""
    return [EVENTS.get(event, event) for event in hook.events or EVENTS]


def _secret_shown(request: Visit, hook: Webhook, secret: str) -> HttpResponse:
    context = {
        "title": _("A new webhook"),
        "about": _(
            "With this secret the program checks that what it hears comes from here. It is shown only once: put it "
            "there now."
        ),
        "secrets": [(_("Address"), hook.url), (_("Secret"), secret)],
        "draft": "webhook-new",
        "back": reverse("webhooks"),
        "back_label": _("Back to the webhooks"),
    }
    return render(request, "console/settings/secret.html", context)
