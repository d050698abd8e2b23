"""The first page: for whom is signed in, where their work is; for everybody else, the doors."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ostrakon.casework.models import GuestInvitation, Person
from ostrakon.web.console.menu import open_to


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """To the first page that their roles open."""
    person = request.user
    if not isinstance(person, Person):
        return render(request, "ostrakon/home.html")
    if person.is_guest:
        case = GuestInvitation.objects.filter(guest=person).values_list("case", flat=True).first()
        return redirect("case", case) if case else render(request, "ostrakon/home.html")
    pages = open_to(person)
    return redirect(pages[0].page) if pages else render(request, "ostrakon/home.html")
