"""Policies: their terms, and their words in versions and languages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ostrakon.casework.actions.policies import add_policy, retire, revise
from ostrakon.casework.models import Policy, PolicyVersion
from ostrakon.casework.permissions import Act, may
from ostrakon.casework.rules_in_force import titles_in_force
from ostrakon.errors import NotThere, Refused
from ostrakon.web.console.doors import Visit, page
from ostrakon.web.console.settings.fields import INVALID, show_refusal
from ostrakon.web.console.settings.policy_form import (
    NEW,
    NewPolicyForm,
    RevisionForm,
    TermsForm,
    WordingForms,
    terms_of,
    wordings_of,
    words_of,
)
from ostrakon.web.public.wording import direction_of

MOST = 200
"""Versions in the list, the newest first."""


@require_safe
@page()
def policies(request: Visit) -> HttpResponse:
    """All of them, the retired ones too."""
    titles = dict(titles_in_force(get_language() or "", timezone.now()))
    found = Policy.objects.order_by(F("retired_at").asc(nulls_first=True), "code")
    rows = [{"policy": each, "title": titles.get(each.code, "")} for each in found]
    may_edit = may(request.user, Act.EDIT_POLICIES)
    return render(request, "console/settings/policies.html", {"rows": rows, "may_edit": may_edit})


@require_safe
@page()
def policy(request: Visit, policy_id: int) -> HttpResponse:
    """One policy: its terms, and a version with its languages side by side."""
    found, now = _policy(policy_id), timezone.now()
    versions = list(found.versions.select_related("written_by").order_by("-number")[:MOST])
    in_force = _in_force(versions, now)
    asked = request.GET.get("version", "")
    shown = next((each for each in versions if str(each.number) == asked), in_force or versions[0])
    texts = shown.texts.order_by("language")
    return render(
        request,
        "console/settings/policy.html",
        {
            "policy": found,
            "versions": [{"version": each, "state": _state(each, in_force, now)} for each in versions],
            "shown": shown,
            "texts": [{"text": text, "dir": direction_of(text.language)} for text in texts],
            "may_edit": may(request.user, Act.EDIT_POLICIES),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.EDIT_POLICIES)
def add(request: Visit) -> HttpResponse:
    """A new policy with its first version."""
    if request.method != "POST":
        return _form(
            request, NewPolicyForm(initial=TermsForm.shown(NEW)), WordingForms(initial=words_of(None))
        )
    form, words = NewPolicyForm(request.POST), WordingForms(request.POST)
    if not (form.is_valid() and words.is_valid()):
        return _form(request, form, words, status=INVALID)
    try:
        made = add_policy(
            request.user, form.cleaned_data["code"], form.terms(), wordings_of(words.forms), timezone.now()
        )
    except Refused as refused:
        return _form(request, form, words, status=show_refusal(form, refused))
    messages.success(request, _("The policy is in force: reports can name it."), extra_tags="policy-new")
    return redirect("policy", made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.EDIT_POLICIES)
def write_version(request: Visit, policy_id: int) -> HttpResponse:
    """A new version: terms from now on, words from a day on."""
    found, now = _policy(policy_id), timezone.now()
    if request.method != "POST":
        last = found.versions.order_by("-number").first()
        form = RevisionForm(initial=TermsForm.shown(terms_of(found)))
        return _form(request, form, WordingForms(initial=words_of(last)), found)
    form, words = RevisionForm(request.POST), WordingForms(request.POST)
    if not (form.is_valid() and words.is_valid()):
        return _form(request, form, words, found, INVALID)
    try:
        wordings = wordings_of(words.forms)
        version = revise(request.user, policy_id, form.terms(), wordings, now, valid_from=form.begins())
    except Refused as refused:
        return _form(request, form, words, found, show_refusal(form, refused))
    said = _("Version %(number)s is written.") % {"number": version.number}
    messages.success(request, said, extra_tags=f"policy-{policy_id}")
    return redirect("policy", policy_id)


@require_POST
@page(Act.EDIT_POLICIES)
def end(request: Visit, policy_id: int) -> HttpResponse:
    """No new cases under it."""
    retire(request.user, policy_id, timezone.now())
    messages.success(request, _("The policy is retired. What was reported under it is still decided."))
    return redirect("policy", policy_id)


def _form(
    request: Visit, form: TermsForm, words: Any, of: Policy | None = None, status: int = 200
) -> HttpResponse:
    """The page of a policy's form, as it was filled in."""
    wrong = sum(bool(each.errors) for each in words.forms) if words.is_bound else 0
    problem = ngettext("%(n)s language is not complete.", "%(n)s languages are not complete.", wrong)
    context = {
        "form": form,
        "words": words,
        "policy": of,
        "draft": f"policy-{of.pk}" if of else "policy-new",
        "problem": problem % {"n": wrong} if wrong else "",
    }
    return render(request, "console/settings/policy_form.html", context, status=status)


def _policy(policy_id: int) -> Policy:
    found = Policy.objects.filter(pk=policy_id).first()
    if found is None:
        raise NotThere(_("there is no such policy"))
    return found


def _in_force(versions: list[PolicyVersion], now: datetime) -> PolicyVersion | None:
    """Of those that have begun, the one with the highest number; they come newest first."""
    return next((each for each in versions if each.valid_from <= now), None)


def _state(version: PolicyVersion, in_force: PolicyVersion | None, now: datetime) -> str:
    if version == in_force:
        return _("in force")
    if version.valid_from > now and (in_force is None or version.number > in_force.number):
        return _("planned")
    return _("replaced")
