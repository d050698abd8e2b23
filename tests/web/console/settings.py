"""What tests of the settings stand on: who comes, and the pages that there are."""

from __future__ import annotations

from django.test import Client
from tests.casework import case as made
from tests.web.case import person, signed_in, source

from ostrakon.casework.models import Person, Role
from ostrakon.enforcement.models import Webhook

MARKUP = "<script>alert(1)</script>\"'{{ 7 }}"
"""A name that would do something in a page that does not escape it."""


def browser_of(*roles: Role, name: str = "dina") -> Client:
    return signed_in(person(name, *roles))


def every_page() -> dict[str, str]:
    """The address of one page of each kind."""
    colleague = person("bram", Role.REVIEWER)
    policy = made.policy(en="Harassment", fr="Harcèlement", ar="مضايقة")
    forum = source()
    hook = Webhook.objects.create(url="https://example.org/hook", secret="s", added_at=made.NOW)
    return {
        "overview": "/settings",
        "tokens": "/settings/tokens",
        "policies": "/settings/policies",
        "policy": f"/settings/policies/{policy.pk}",
        "new policy": "/settings/policies/new",
        "revision": f"/settings/policies/{policy.pk}/revise",
        "templates": "/settings/templates",
        "template": "/settings/templates/statement_of_reasons/ar",
        "retention": "/settings/retention",
        "rule": "/settings/retention/notes",
        "people": "/settings/people",
        "person": f"/settings/people/{colleague.pk}",
        "sources": "/settings/sources",
        "source": f"/settings/sources/{forum.pk}",
        "webhooks": "/settings/webhooks",
        "webhook": f"/settings/webhooks/{hook.pk}",
    }


def colleague(name: str = "bram", *roles: Role) -> Person:
    return person(name, *roles)
