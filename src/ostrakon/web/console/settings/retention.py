"""What is kept of people, for how long, and when something was erased last."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Concat
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from ostrakon.casework.actions.retention import LEAST, MOST, set_retention
from ostrakon.casework.models import RetentionRule
from ostrakon.casework.permissions import Act, may
from ostrakon.errors import NotThere, Refused
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.models import Entry
from ostrakon.web.console.doors import Visit, page
from ostrakon.web.console.settings.fields import INVALID, show_refusal
from ostrakon.web.console.settings.words import COUNTED_FROM, KEPT


class DaysForm(forms.Form):
    """For how long."""

    days = forms.IntegerField(label=gettext_lazy("Days"), min_value=LEAST, max_value=MOST)


@require_safe
@page()
def retention(request: Visit) -> HttpResponse:
    """Every kind of personal data with its rule."""
    last = Entry.objects.filter(
        kind=Kind.DATA_ERASED, subject=Concat(Value("retention:"), OuterRef("kind"))
    ).order_by("-number")
    rules = RetentionRule.objects.select_related("changed_by").annotate(
        erased_at=Subquery(last.values("at")[:1])
    )
    by_kind = {rule.kind: rule for rule in rules}
    rows = [
        {"rule": by_kind[kind], "label": label, "since": COUNTED_FROM[kind]}
        for kind, label in KEPT.items()
        if kind in by_kind
    ]
    may_edit = may(request.user, Act.EDIT_POLICIES)
    return render(request, "console/settings/retention.html", {"rows": rows, "may_edit": may_edit})


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.EDIT_POLICIES)
def rule(request: Visit, kind: str) -> HttpResponse:
    """One rule, and the days from now on; on a page of its own, for what is erased does not come back."""
    found = RetentionRule.objects.filter(pk=kind).first() if kind in KEPT else None
    if found is None:
        raise NotThere(_("nothing of this kind is kept"))
    if request.method != "POST":
        return _rule(request, found, DaysForm(initial={"days": found.days}))
    form = DaysForm(request.POST)
    if not form.is_valid():
        return _rule(request, found, form, INVALID)
    try:
        set_retention(request.user, kind, form.cleaned_data["days"], timezone.now())
    except Refused as refused:
        return _rule(request, found, form, show_refusal(form, refused))
    messages.success(request, _("The rule holds from now on."), extra_tags=f"retention-{kind}")
    return redirect("retention")


def _rule(request: Visit, found: RetentionRule, form: DaysForm, status: int = 200) -> HttpResponse:
    context = {"rule": found, "label": KEPT[found.kind], "since": COUNTED_FROM[found.kind], "form": form}
    return render(request, "console/settings/retention_rule.html", context, status=status)
