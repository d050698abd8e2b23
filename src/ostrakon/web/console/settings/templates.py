"""How notices are worded: the version in force of each kind and language, and how a new one comes in force."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from ostrakon.casework.actions.policies import LANGUAGE
from ostrakon.casework.actions.write_template import write_template
from ostrakon.casework.models import NoticeTemplate
from ostrakon.casework.permissions import Act, may
from ostrakon.casework.samples import SAMPLES
from ostrakon.casework.wording import refuse_unfit
from ostrakon.casework.wording import render as as_read
from ostrakon.errors import NotThere, Refused, Unfit
from ostrakon.web.console.doors import Visit, page
from ostrakon.web.console.settings.fields import INVALID, show_refusal
from ostrakon.web.console.settings.words import NOTICES
from ostrakon.web.public.wording import direction_of

LONGEST_SUBJECT, LONGEST_BODY = 200, 50_000
MOST = 200
"""Versions in the list, the newest first."""


class TemplateForm(forms.Form):
    """A wording of a kind of notice in one language."""

    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=LONGEST_SUBJECT)
    body = forms.CharField(
        label=gettext_lazy("Text"),
        help_text=gettext_lazy("Plain text. Fields stand in {{ }}; what holds only sometimes in {% if %}."),
        max_length=LONGEST_BODY,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "true"}),
    )

    def __init__(self, language: str, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        for field in self.fields.values():
            field.widget.attrs |= {"lang": language, "dir": direction_of(language)}


@require_safe
@page()
def templates(request: Visit) -> HttpResponse:
    """The version in force of each kind and language."""
    same = NoticeTemplate.objects.filter(kind=OuterRef("kind"), language=OuterRef("language"))
    latest = NoticeTemplate.objects.filter(version=Subquery(same.order_by("-version").values("version")[:1]))
    found = latest.select_related("written_by").defer("body").order_by("language")
    by_kind: dict[str, list[NoticeTemplate]] = {kind: [] for kind in NOTICES}
    for template in found:
        by_kind[template.kind].append(template)
    kinds = [{"kind": kind, "label": NOTICES[kind], "templates": of} for kind, of in by_kind.items()]
    may_edit = may(request.user, Act.EDIT_POLICIES)
    return render(request, "console/settings/templates.html", {"kinds": kinds, "may_edit": may_edit})


@require_safe
@page(Act.EDIT_POLICIES)
def new_language(request: Visit) -> HttpResponse:
    """To the page on which a kind of notice is worded in a language."""
    kind, language = request.GET.get("kind", ""), request.GET.get("language", "").strip()
    _refuse_unknown(kind, language)
    return redirect("template", kind, language)


@require_safe
@page()
def template(request: Visit, kind: str, language: str) -> HttpResponse:
    """The wording in force, as a form; or, asked for by its number, an older one to read."""
    _refuse_unknown(kind, language)
    asked = request.GET.get("version", "")
    versions = _versions(kind, language)
    found = versions.filter(version=int(asked)) if asked.isdecimal() and len(asked) < 9 else versions
    shown = found.first()
    if shown is None and (asked or not may(request.user, Act.EDIT_POLICIES)):
        raise NotThere(_("there is no such wording"))
    words = {"subject": shown.subject, "body": shown.body} if shown else {}
    return _page(request, kind, language, TemplateForm(language, initial=words), shown=shown)


@require_POST
@page(Act.EDIT_POLICIES)
def preview(request: Visit, kind: str, language: str) -> HttpResponse:
    """How it reads on a made-up case; nothing is in force yet."""
    _refuse_unknown(kind, language)
    form = TemplateForm(language, request.POST)
    if request.POST.get("change"):
        return _page(request, kind, language, form)
    if not form.is_valid():
        return _page(request, kind, language, form, status=INVALID)
    try:
        refuse_unfit(form.cleaned_data["subject"], form.cleaned_data["body"], SAMPLES[kind])
    except Refused as refused:
        return _page(request, kind, language, form, status=show_refusal(form, refused))
    return _preview(request, kind, language, form)


@require_POST
@page(Act.EDIT_POLICIES)
def put_in_force(request: Visit, kind: str, language: str) -> HttpResponse:
    """A new version, from now on."""
    _refuse_unknown(kind, language)
    form = TemplateForm(language, request.POST)
    if not form.is_valid():
        return _page(request, kind, language, form, status=INVALID)
    try:
        made = write_template(
            request.user, kind=kind, language=language, now=timezone.now(), **form.cleaned_data
        )
    except Refused as refused:
        return _page(request, kind, language, form, status=show_refusal(form, refused))
    said = _("Version %(number)s is in force.") % {"number": made.version}
    messages.success(request, said, extra_tags=_draft(kind, language))
    return redirect("template", kind, language)


def _page(
    request: Visit,
    kind: str,
    language: str,
    form: TemplateForm,
    *,
    shown: NoticeTemplate | None = None,
    status: int = 200,
) -> HttpResponse:
    versions = _versions(kind, language).select_related("written_by").defer("body")[:MOST]
    latest = next(iter(versions), None)
    context = {
        **_named(kind, language),
        "form": form,
        "shown": shown,
        "versions": versions,
        "latest": latest,
        "is_old": shown is not None and latest is not None and shown.pk != latest.pk,
        "fields": _fields(kind),
        "may_edit": may(request.user, Act.EDIT_POLICIES),
    }
    return render(request, "console/settings/template.html", context, status=status)


def _preview(request: Visit, kind: str, language: str, form: TemplateForm) -> HttpResponse:
    subject, body = as_read(form.cleaned_data["subject"], form.cleaned_data["body"], SAMPLES[kind])
    context = {**_named(kind, language), "form": form, "subject": subject, "body": body}
    return render(request, "console/settings/template_preview.html", context)


def _named(kind: str, language: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "label": NOTICES[kind],
        "language": language,
        "direction": direction_of(language),
        "draft": _draft(kind, language),
    }


def _fields(kind: str) -> list[dict[str, Any]]:
    """What can be said, on the made-up case, and what must be."""
    sample = SAMPLES[kind]
    rows = [
        {
            "name": each.name,
            "value": _shown(getattr(sample, each.name)),
            "must": each.name in sample.must_be_told,
        }
        for each in fields(sample)
    ]
    return sorted(rows, key=lambda row: not row["must"])


def _shown(value: str | bool) -> str:
    return value if isinstance(value, str) else _("it holds") if value else _("it does not hold")


def _versions(kind: str, language: str) -> Any:
    return NoticeTemplate.objects.filter(kind=kind, language=language).order_by("-version")


def _draft(kind: str, language: str) -> str:
    return f"template-{kind}-{language}"


def _refuse_unknown(kind: str, language: str) -> None:
    if kind not in SAMPLES:
        raise NotThere(_("there is no such kind of notice"))
    if len(language) > 35 or not LANGUAGE.fullmatch(language):
        raise Unfit(_("a language is named by its tag, such as en, fr or pt-BR"))
