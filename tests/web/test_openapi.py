"""The description of the API is committed, complete and true."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from ninja.openapi.schema import OpenAPISchema

from ostrakon.web.api.describe import description
from ostrakon.web.api.problems import CONTENT_TYPE

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"
SERVED: dict[str, Any] = json.loads(description())


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in SERVED["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


@pytest.mark.django_db
def test_the_committed_description_is_the_served_one() -> None:
    """If not: python -m ostrakon.web.api.describe > docs/openapi.json"""
    served = Client().get("/api/v1/openapi.json").json()
    assert served == SERVED == json.loads(COMMITTED.read_text(encoding="utf-8"))


def test_it_is_openapi_3_1() -> None:
    assert SERVED["openapi"].startswith("3.1")


@pytest.mark.parametrize(("name", "operation"), list(operations()))
def test_an_operation_says_what_it_does_and_how_it_fails(name: str, operation: dict[str, Any]) -> None:
    assert operation["description"].strip().endswith((".", "?"))
    assert operation["tags"]
    assert CONTENT_TYPE in operation["responses"]["default"]["content"]
    is_public = re.search(r"/public/|/guests/arrive|/record/key", name)
    assert bool(operation.get("security")) is not bool(is_public)


def test_every_operation_has_a_name_of_its_own() -> None:
    names = Counter(operation["operationId"] for _, operation in operations())
    assert [name for name, times in names.items() if times > 1] == []


def test_no_two_shapes_share_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The description holds shapes by name: the second would take the place of the first."""
    shapes: dict[str, set[str]] = defaultdict(set)
    add = OpenAPISchema.add_schema_definitions

    def noted(self: OpenAPISchema, definitions: dict[str, Any]) -> None:
        for name, shape in definitions.items():
            shapes[name].add(json.dumps(shape, sort_keys=True))
        add(self, definitions)

    monkeypatch.setattr(OpenAPISchema, "add_schema_definitions", noted)
    description()
    assert len(shapes) > 50
    assert [name for name, different in shapes.items() if len(different) > 1] == []


def test_every_reference_leads_somewhere() -> None:
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(SERVED)))
    assert named <= set(SERVED["components"]["schemas"])
