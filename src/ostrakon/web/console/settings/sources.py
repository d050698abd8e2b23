"""Where reports come from, and for what and how long each speaks with priority."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from ostrakon.casework.actions.sources import Standing, add_source, change_standing
from ostrakon.casework.models import Policy
from ostrakon.casework.permissions import Act
from ostrakon.errors import NotThere, Refused
from ostrakon.intake.models import Source
from ostrakon.web.console.doors import Visit, page
from ostrakon.web.console.paging import newest_first
from ostrakon.web.console.settings.fields import INVALID, MomentField, show_refusal
from ostrakon.web.console.settings.words import SOURCES


class StandingForm(forms.Form):
    """For what and how long a source speaks with priority."""

    areas = forms.MultipleChoiceField(
        label=gettext_lazy("Policies it may speak for with priority"),
        help_text=gettext_lazy("None: all of them. Only authorities and trusted flaggers have priority."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    valid_from = MomentField(label=gettext_lazy("From (UTC)"))
    valid_to = MomentField(
        label=gettext_lazy("Until (UTC)"), help_text=gettext_lazy("After it, it is an ordinary source.")
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        codes = Policy.objects.order_by("code").values_list("code", flat=True)
        areas = self.fields["areas"]
        assert isinstance(areas, forms.MultipleChoiceField)
        areas.choices = [(code, code) for code in codes]

    def standing(self) -> Standing:
        """What a valid form says."""
        return Standing(**{name: self.cleaned_data[name] for name in ("areas", "valid_from", "valid_to")})


class SourceForm(StandingForm):
    """A new source."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=[*SOURCES.items()])
    field_order = ("name", "kind", "areas", "valid_from", "valid_to")


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.MANAGE_KEYS)
def sources(request: Visit) -> HttpResponse:
    """All of them, the newest first, and the form to add one."""
    if request.method != "POST":
        return _sources(request, SourceForm())
    form = SourceForm(request.POST)
    if not form.is_valid():
        return _sources(request, form, INVALID)
    said = form.cleaned_data
    try:
        add_source(request.user, said["name"], Source.Kind(said["kind"]), form.standing())
    except Refused as refused:
        return _sources(request, form, show_refusal(form, refused))
    messages.success(request, _("The source is added."), extra_tags="source-new")
    return redirect("sources")


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.MANAGE_KEYS)
def source(request: Visit, source_id: int) -> HttpResponse:
    """One of them, and its standing from now on."""
    found = Source.objects.filter(pk=source_id).first()
    if found is None:
        raise NotThere(_("there is no such source"))
    if request.method != "POST":
        named = {name: getattr(found, name) for name in ("areas", "valid_from", "valid_to")}
        return _source(request, found, StandingForm(initial=named))
    form = StandingForm(request.POST)
    if not form.is_valid():
        return _source(request, found, form, INVALID)
    try:
        change_standing(request.user, source_id, form.standing())
    except Refused as refused:
        return _source(request, found, form, show_refusal(form, refused))
    messages.success(request, _("The source stands so from now on."), extra_tags=f"source-{source_id}")
    return redirect("sources")


def _sources(request: Visit, form: SourceForm, status: int = 200) -> HttpResponse:
    part = newest_first(Source.objects.all(), request)
    now = timezone.now()
    rows = [
        {
            "source": each,
            "label": SOURCES[each.kind],
            "has_priority": each.kind in Source.PRIORITY,
            "is_over": each.valid_to is not None and each.valid_to <= now,
        }
        for each in part.rows
    ]
    context = {"rows": rows, "part": part, "form": form}
    return render(request, "console/settings/sources.html", context, status=status)


def _source(request: Visit, found: Source, form: StandingForm, status: int = 200) -> HttpResponse:
    context = {"source": found, "label": SOURCES[found.kind], "form": form}
    return render(request, "console/settings/source.html", context, status=status)
