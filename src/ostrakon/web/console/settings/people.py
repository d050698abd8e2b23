"""People and their roles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ostrakon.casework.actions.people import (
    add_person,
    deactivate,
    end_grant,
    grant,
    reactivate,
    reset_password,
)
from ostrakon.casework.models import Grant, Person, Role
from ostrakon.casework.permissions import Act
from ostrakon.errors import NotThere, Refused
from ostrakon.web.console.doors import Visit, page
from ostrakon.web.console.settings.fields import INVALID, show_refusal
from ostrakon.web.console.settings.words import ROLES, WHAT_ROLES_DO
from ostrakon.web.login import SECOND_FACTORS

MOST = 100
"""People on one page."""


class PersonForm(forms.Form):
    """A colleague to be added."""

    username = forms.CharField(
        label=gettext_lazy("Name to sign in with"),
        help_text=gettext_lazy("Letters, digits and @ . + - _"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "dir": "auto"}),
    )
    name = forms.CharField(
        label=gettext_lazy("How they are called"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.MANAGE_PEOPLE)
def people(request: Visit) -> HttpResponse:
    """Everybody who works here, by name, and the form to add somebody."""
    if request.method != "POST":
        return _people(request, PersonForm())
    form = PersonForm(request.POST)
    if not form.is_valid():
        return _people(request, form, INVALID)
    try:
        person, password = add_person(by=request.user, now=timezone.now(), **form.cleaned_data)
    except Refused as refused:
        return _people(request, form, show_refusal(form, refused))
    return _password_shown(request, person, password)


@require_safe
@page(Act.MANAGE_PEOPLE)
def person(request: Visit, person_id: int) -> HttpResponse:
    """One of them: what they are here for, since when and from whom."""
    found = _colleague(person_id)
    grants = found.grants.select_related("granted_by").order_by("-pk")[:MOST]
    held = {each.role for each in grants if each.ended_at is None}
    return render(
        request,
        "console/settings/person.html",
        {
            "person": found,
            "grants": [{"grant": each, "label": ROLES[each.role]} for each in grants],
            "roles": [
                {"role": role, "label": label, "about": WHAT_ROLES_DO[role], "is_held": role in held}
                for role, label in ROLES.items()
            ],
            "is_oneself": found.pk == request.user.pk,
            "has_second_factor": found.pk in _with_second_factor([found]),
        },
    )


@require_POST
@page(Act.MANAGE_PEOPLE)
def give_role(request: Visit, person_id: int) -> HttpResponse:
    """Give them a role."""
    grant(_colleague(person_id), _role(request), by=request.user, now=timezone.now())
    messages.success(request, _("The role is given."))
    return redirect("person", person_id)


@require_POST
@page(Act.MANAGE_PEOPLE)
def end_role(request: Visit, person_id: int) -> HttpResponse:
    """Take a role from them."""
    end_grant(_colleague(person_id), _role(request), by=request.user, now=timezone.now())
    messages.success(request, _("The role is ended."))
    return redirect("person", person_id)


@require_POST
@page(Act.MANAGE_PEOPLE)
def new_password(request: Visit, person_id: int) -> HttpResponse:
    """A password for their next login, shown now and never again."""
    found = _colleague(person_id)
    return _password_shown(request, found, reset_password(found, by=request.user))


@require_POST
@page(Act.MANAGE_PEOPLE)
def shut_out(request: Visit, person_id: int) -> HttpResponse:
    """Nobody gets in as them any more."""
    deactivate(_colleague(person_id), by=request.user)
    messages.success(request, _("Nobody gets in as them any more."))
    return redirect("person", person_id)


@require_POST
@page(Act.MANAGE_PEOPLE)
def let_in(request: Visit, person_id: int) -> HttpResponse:
    """Let them in again."""
    reactivate(_colleague(person_id), by=request.user)
    messages.success(request, _("They can sign in again, with the roles that they had."))
    return redirect("person", person_id)


def _people(request: Visit, form: PersonForm, status: int = 200) -> HttpResponse:
    held = Prefetch("grants", Grant.objects.filter(ended_at__isnull=True).order_by("pk"), to_attr="held")
    after = request.GET.get("after", "").replace("\0", "")
    colleagues = Person.objects.filter(is_guest=False, username__gt=after).order_by("username")
    found = list(colleagues.prefetch_related(held)[: MOST + 1])
    shown, second = found[:MOST], _with_second_factor(found)
    rows = [
        {
            "person": each,
            "roles": [ROLES[grant.role] for grant in each.held],
            "has_second_factor": each.pk in second,
        }
        for each in shown
    ]
    next_page = shown[-1].username if len(found) > MOST else ""
    context = {"rows": rows, "form": form, "next": next_page}
    return render(request, "console/settings/people.html", context, status=status)


def _password_shown(request: Visit, of: Person, password: str) -> HttpResponse:
    """Shown in the answer itself: it stands in no session and comes back by no other request."""
    context: dict[str, Any] = {
        "title": _("A password for one login"),
        "about": _(
            "Hand it to %(person)s in person, or on a way that nobody else reads. It is kept nowhere and shown only "
            "once. They choose their own when they sign in."
        )
        % {"person": of.username},
        "secrets": [(_("Name"), of.username), (_("Password"), password)],
        "draft": "person-new",
        "back": reverse("person", args=[of.pk]),
        "back_label": _("To their roles"),
    }
    return render(request, "console/settings/secret.html", context)


def _colleague(person_id: int) -> Person:
    found = Person.objects.filter(pk=person_id, is_guest=False).first()
    if found is None:
        raise NotThere(_("there is no such colleague"))
    return found


def _role(request: Visit) -> Role:
    asked = request.POST.get("role", "")
    if asked not in Role.values:
        raise NotThere(_("there is no such role"))
    return Role(asked)


def _with_second_factor(of: Sequence[Person]) -> set[int]:
    found = Authenticator.objects.filter(user__in=of, type__in=SECOND_FACTORS)
    return set(found.values_list("user_id", flat=True))
