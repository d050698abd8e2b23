"""What a machine could not do stands on a page until somebody did it and said how."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from tests.casework.case import NOW
from tests.enforcement.case import a_decision, a_statement, mail_to
from tests.web.case import html, person, signed_in

from ostrakon.casework.actions.tasks import open_task
from ostrakon.casework.models import Notice, Role, Task
from ostrakon.enforcement.models import Dispatch
from ostrakon.intake.models import Handle
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'></textarea>"


def a_task(detail: str = "the mail server said no") -> Task:
    with transaction.atomic():
        return open_task(Task.Kind.WEBHOOK_FAILED, now=NOW, decision=a_decision(), detail=detail)


def unsent() -> Notice:
    """A letter that no mail server took: there is none."""
    notice = a_statement()
    assert Task.objects.filter(notice=notice).exists()
    return notice


def test_a_task_is_done_with_its_how_and_on_the_record() -> None:
    task, browser = a_task(), signed_in(bram := person("dora", Role.REVIEWER))
    assert "the mail server said no" in html(browser.get("/tasks"))
    assert browser.post(f"/tasks/{task.pk}/done", {"how": "Wrote by hand."})["Location"] == "/tasks"
    task.refresh_from_db()
    assert (task.done_by, task.done_how) == (bram, "Wrote by hand.")
    assert Entry.objects.filter(kind="task_done", actor=bram.actor).exists()
    assert "Wrote by hand." not in html(browser.get("/tasks"))
    assert "Wrote by hand." in html(browser.get("/tasks?done=yes"))


@pytest.mark.parametrize(("how", "status"), [(HOSTILE * 10, 422), ("  ", 422)])
def test_a_refused_how_keeps_its_words(how: str, status: int) -> None:
    task = a_task()
    page = html(signed_in(person("dora", Role.REVIEWER)).post(f"/tasks/{task.pk}/done", {"how": how}), status)
    assert 'role="alert"' in page
    assert page.count("&lt;script&gt;") == how.count("<script>")
    assert "<script>alert" not in page
    task.refresh_from_db()
    assert task.done_at is None


def test_a_task_that_a_colleague_did_meanwhile_says_so() -> None:
    task, browser = a_task(), signed_in(person("dora", Role.REVIEWER))
    browser.post(f"/tasks/{task.pk}/done", {"how": "Wrote by hand."})
    assert "this task was done" in html(browser.post(f"/tasks/{task.pk}/done", {"how": "Called."}), 409)
    task.refresh_from_db()
    assert task.done_how == "Wrote by hand."


def test_nothing_in_a_task_runs() -> None:
    task = a_task(HOSTILE)
    assert task.case is not None
    Handle.objects.create(account=task.case.account, handle=HOSTILE, first_seen_at=NOW, last_seen_at=NOW)
    page = html(signed_in(person("dora", Role.REVIEWER)).get("/tasks"))
    assert "<script>alert" not in page
    assert "<img" not in page


def test_a_notice_is_sent_again_when_the_way_is_clear(settings: Any) -> None:
    notice, browser = unsent(), signed_in(person("dora", Role.APPROVER))
    assert f'action="/notices/{notice.pk}/send-again"' in html(browser.get("/tasks"))
    mail_to(settings, 2525)
    assert browser.post(f"/notices/{notice.pk}/send-again")["Location"] == "/tasks"
    assert Dispatch.objects.get(notice=notice).state == Dispatch.State.QUEUED
    assert Task.objects.filter(notice=notice, done_at__isnull=True).exists()


@pytest.mark.parametrize(
    ("role", "reads", "does"),
    [
        (Role.REVIEWER, 200, 302),
        (Role.APPROVER, 200, 302),
        (Role.APPEALS, 200, 302),
        (Role.SAFETY_LEAD, 200, 302),
        (Role.AUDITOR, 200, 403),
        (Role.ADMINISTRATOR, 403, 403),
    ],
)
def test_who_may_read_and_do_tasks(role: Role, reads: int, does: int) -> None:
    task, notice, browser = a_task(), a_statement("esi"), signed_in(person("somebody", role))
    answer = browser.get("/tasks")
    assert answer.status_code == reads
    assert (f'action="/tasks/{task.pk}/done"' in answer.content.decode()) is (does == 302)
    assert browser.post(f"/tasks/{task.pk}/done", {"how": "By hand."}).status_code == does
    again = browser.post(f"/notices/{notice.pk}/send-again").status_code
    assert (again == 403) is (does == 403)


def test_looking_changes_nothing() -> None:
    task, before = a_task(), Entry.objects.count()
    browser = signed_in(person("dora", Role.REVIEWER))
    for page in ("/tasks", "/tasks?done=yes", "/tasks?after=1"):
        html(browser.get(page))
    assert browser.get(f"/tasks/{task.pk}/done").status_code == 405
    assert Entry.objects.count() == before
