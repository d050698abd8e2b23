"""Lines for machines, in which stands nothing that a stranger sent."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import structlog
from django.db import IntegrityError, OperationalError
from django.test import Client

from ostrakon.errors import NotReady
from ostrakon.service.logs import log_in_lines

SECRET = "alice@example.org"


@pytest.fixture
def said() -> Iterator[StringIO]:
    """What is logged, as in a process of the service; afterwards logging is as it was."""
    root = logging.getLogger()
    level = root.level
    log_in_lines()
    (ours,) = root.handlers
    assert isinstance(ours, logging.StreamHandler)
    ours.setStream(written := StringIO())
    yield written
    root.removeHandler(ours)  # pytest puts its own back, phase by phase
    root.setLevel(level)
    structlog.reset_defaults()


def lines(said: StringIO) -> list[dict[str, Any]]:
    assert SECRET not in said.getvalue()
    return [json.loads(line) for line in said.getvalue().splitlines()]


def test_a_line_is_json_with_its_time_its_level_and_its_values(said: StringIO) -> None:
    structlog.get_logger("ostrakon.service").info("started", child="web")
    (line,) = lines(said)
    assert (line["event"], line["level"], line["child"]) == ("started", "info", "web")
    assert line["timestamp"].endswith("Z")


def test_an_error_says_its_kind_and_place_and_not_what_it_quotes(said: StringIO) -> None:
    try:
        raise IntegrityError(f"duplicate key: DETAIL: Key (email)=({SECRET}) already exists")
    except IntegrityError:
        logging.getLogger("ostrakon.casework").exception("a job failed")
        structlog.get_logger("ostrakon.casework").exception("a job failed", job="expire_due")
    for line in lines(said):
        assert line["error"] == "IntegrityError"
        assert "test_logs.py" in line["where"][0]


def test_our_own_errors_are_said(said: StringIO) -> None:
    try:
        raise NotReady("run ostrakon upgrade")
    except NotReady:
        structlog.get_logger("ostrakon.service").exception("no")
    assert lines(said)[0]["said"] == "run ostrakon upgrade"


@pytest.mark.django_db
def test_a_path_that_nobody_knows_is_not_quoted(said: StringIO) -> None:
    Client().get(f"/notices/{SECRET}")
    (line,) = lines(said)
    assert (line["event"], line["status"], line["route"]) == ("a request failed", 404, "none")


@pytest.mark.django_db
@pytest.mark.parametrize("raised", [OperationalError, IntegrityError, ValueError])
def test_a_path_of_ours_is_not_quoted_when_we_break(
    said: StringIO, monkeypatch: pytest.MonkeyPatch, raised: type[Exception]
) -> None:
    def broken(*_: object) -> None:
        raise raised(SECRET)

    monkeypatch.setattr("ostrakon.web.api.public.notice_of", broken)
    assert Client().get(f"/api/v1/public/notices/{SECRET}").status_code >= 400
    assert "public/notices/<signed>" in json.dumps(lines(said))


def test_a_host_that_is_not_ours_is_not_quoted(said: StringIO) -> None:
    Client(headers={"host": SECRET.replace("@", ".")}).get("/accounts/login/")
    assert SECRET.replace("@", ".") not in json.dumps(lines(said))


def test_libraries_that_speak_at_length_are_quiet(said: StringIO) -> None:
    logging.getLogger("httpx").info("HTTP Request: POST %s", SECRET)
    logging.getLogger("uvicorn.access").info("%s - GET /", SECRET)
    assert lines(said) == []
