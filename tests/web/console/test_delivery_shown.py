"""A decision's page shows how each notice travelled: what was tried, what came back, what failed."""

from __future__ import annotations

from typing import Any

import pytest
from tests.casework.case import NOW
from tests.enforcement.case import a_statement, mail_to
from tests.web.case import person, signed_in

from ostrakon.casework.models import Notice, Role
from ostrakon.enforcement.delivery import settle, take
from ostrakon.enforcement.models import Dispatch
from ostrakon.enforcement.outcomes import Delivered, Retry

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script>"


def page_of(notice: Notice) -> str:
    answer = signed_in(person("dora", Role.REVIEWER)).get(f"/decisions/{notice.decision_id}")
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.fixture
def notice(settings: Any) -> Notice:
    mail_to(settings, 2525)
    return a_statement()


def tried(outcome: Any) -> Dispatch:
    dispatch = take("worker", NOW)
    assert dispatch is not None
    settle(dispatch, outcome, NOW)
    return dispatch


def test_a_notice_that_nobody_tried_to_send_yet_says_so(notice: Notice) -> None:
    page = page_of(notice)
    assert "waits for its turn" in page
    assert "Nobody has tried to send it yet" in page


def test_a_delivered_notice_has_its_receipt_channel_and_time(notice: Notice) -> None:
    tried(Delivered(detail=f"250 taken as 4711 {HOSTILE}"))
    page = page_of(notice)
    for told in ("done, with a receipt", "250 taken as 4711", "e-mail", "1 attempt<"):
        assert told in page
    assert HOSTILE not in page


def test_each_failed_try_is_shown_with_what_came_of_it(notice: Notice) -> None:
    tried(Retry(detail=f"450 mailbox busy {HOSTILE}"))
    page = page_of(notice)
    assert "450 mailbox busy" in page
    assert "retry" in page
    assert HOSTILE not in page


def test_a_notice_that_was_given_up_stands_out(notice: Notice) -> None:
    Dispatch.objects.update(state="failed")
    assert '<span class="mark warn">given up; a person has the task</span>' in page_of(notice)


def test_a_notice_without_a_way_to_its_reader_is_a_task_for_a_person() -> None:
    assert "It was not sent" in page_of(a_statement())
