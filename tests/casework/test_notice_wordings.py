"""A wording is tried before it is taken: it renders, it says what must be said, and it can do nothing else."""

from __future__ import annotations

import pytest
from tests.casework.case import NOW, person

from ostrakon.casework.actions.write_template import write_template
from ostrakon.casework.models import NoticeTemplate, Role
from ostrakon.casework.samples import SAMPLES
from ostrakon.casework.wording import refuse_unfit
from ostrakon.errors import NotPermitted, Unfit
from ostrakon.ledger.models import Entry

Kind = NoticeTemplate.Kind
pytestmark = pytest.mark.django_db
DENIED = "The decision of {{ decided_on }} stands. {{ reasons }}"


def word(body: str, *, subject: str = "The answer", kind: str = Kind.APPEAL_DENIED) -> NoticeTemplate:
    lead = person("lead", Role.SAFETY_LEAD)
    return write_template(lead, kind=kind, language="en", subject=subject, body=body, now=NOW)


def test_every_default_wording_is_fit() -> None:
    templates = list(NoticeTemplate.objects.all())
    assert {(t.kind, t.language) for t in templates} == {
        (kind, language) for kind in Kind.values for language in ("en", "fr", "ar")
    }
    for template in templates:
        refuse_unfit(template.subject, template.body, SAMPLES[template.kind])


def test_a_change_is_a_new_version_and_stands_in_the_record() -> None:
    template = word(DENIED)
    assert template.version == 2
    assert Entry.objects.get().subject == f"template:{template.pk}"


@pytest.mark.parametrize(
    "body",
    [
        "{% load i18n %}" + DENIED,
        "{% include 'secret' %}" + DENIED,
        "{% extends 'x' %}",
        "{% debug %}" + DENIED,
        "{% now 'Y' %}" + DENIED,
        "{% for x in y %}{% endfor %}" + DENIED,
        "{% if x %}" + DENIED,
        "{{ decided_on|date }}",
        "{{ decided_on.__class__ }}",
        "{{ " + DENIED,
    ],
)
def test_a_wording_loads_and_runs_nothing(body: str) -> None:
    with pytest.raises(Unfit):
        word(body)
    assert not Entry.objects.exists()


def test_a_field_that_there_is_not_is_refused_in_a_branch_that_is_not_taken_too() -> None:
    with pytest.raises(Unfit, match="reporter"):
        word(DENIED + "{% if not action %}{% if filed_on == reporter %}x{% endif %}{% endif %}")


def test_a_statement_must_say_how_to_appeal() -> None:
    with pytest.raises(Unfit, match="appeal_link"):
        word("{{ facts }}", kind=Kind.STATEMENT_OF_REASONS)


def test_an_empty_wording_is_refused() -> None:
    with pytest.raises(Unfit):
        word(DENIED, subject="{% if not action %}x{% endif %}")


def test_only_a_safety_lead_words_notices() -> None:
    for role in (Role.REVIEWER, Role.ADMINISTRATOR, Role.AUDITOR):
        with pytest.raises(NotPermitted):
            write_template(
                person(role, role), kind=Kind.APPEAL_DENIED, language="en", subject="s", body=DENIED, now=NOW
            )
