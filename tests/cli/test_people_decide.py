"""The work of people who decide, from the shell: each with a key of their own, through the doors of the API."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from tests.casework import case as made
from tests.casework.linking import link, newcomer, suspended
from tests.cli.case import Ended, command, one_line

from ostrakon.casework.models import Case, Decision, Person
from ostrakon.intake.models import PublishedList
from ostrakon.web.tokens import Scope, make_own_token

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("service")]


def acting(name: str, *roles: str, monkeypatch: pytest.MonkeyPatch) -> Person:
    """From now on, the shell is this person's."""
    person = Person.objects.filter(username=name).first() or made.person(name, *roles)
    key = make_own_token(person, name="shell", scopes=list(Scope), expires_at=None, now=made.NOW).key
    monkeypatch.setenv("OSTRAKON_TOKEN", key)
    return person


def done(*arguments: str | Path) -> str:
    ended = command(*arguments)
    assert (ended.status, ended.err) == (0, "")
    return ended.out


def refused(*arguments: str | Path, status: int = 1) -> str:
    ended: Ended = command(*arguments)
    assert (ended.status, ended.out) == (status, "")
    return one_line(ended.err)


def a_case() -> Case:
    under = made.policy()
    return made.case(made.account("mallory"), under)


def propose(case: Case, *more: str) -> str:
    return done(
        "cases", "propose", str(case.pk), "--version", "0", "--outcome", "upheld", "--action", "suspend",
        "--facts", "Forty threats.", "--press", "no", "--research", "no", "--counter-speech", "no", *more,
    )  # fmt: skip


def test_two_people_suspend_an_account_from_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    case = a_case()
    acting("bram", "reviewer", monkeypatch=monkeypatch)
    assert "mallory" in done("cases", "list")
    assert f"id: {case.pk}" in done("cases", "next")
    assert "status: proposed" in propose(case)
    decision = Decision.objects.get()
    acting("chidi", "approver", monkeypatch=monkeypatch)
    assert str(decision.pk) in done("decisions", "list", "--status", "proposed")
    assert "status: in_force" in done("decisions", "approve", str(decision.pk))
    decision.refresh_from_db()
    assert (decision.proposed_by.username, decision.approved_by.username) == ("bram", "chidi")  # type: ignore[union-attr]


def test_nobody_approves_their_own_proposal_here_either(monkeypatch: pytest.MonkeyPatch) -> None:
    case = a_case()
    acting("bram", "approver", monkeypatch=monkeypatch)
    propose(case)
    said = refused("decisions", "approve", str(Decision.objects.get().pk))
    assert "(second_person_required)" in said
    assert Decision.objects.get().status == "proposed"


def test_the_same_key_is_the_same_proposal(monkeypatch: pytest.MonkeyPatch) -> None:
    case = a_case()
    acting("bram", "reviewer", monkeypatch=monkeypatch)
    assert propose(case, "--key", "once-and-for-all") == propose(case, "--key", "once-and-for-all")
    assert Decision.objects.count() == 1


def test_without_a_key_nobody_acts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OSTRAKON_TOKEN", raising=False)
    assert refused("cases", "next", status=2) == (
        "OSTRAKON_TOKEN is not set: ostrakon token makes a key of your own"
    )


@pytest.mark.parametrize("key", ["ost_forged", "nonsense", "line\nbreak"])
def test_a_key_that_is_none_opens_nothing(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OSTRAKON_TOKEN", key)
    assert command("cases", "list").status == 1


def test_a_role_that_does_not_allow_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    acting("ada", "auditor", monkeypatch=monkeypatch)
    assert "(not_permitted)" in refused("cases", "claim", str(a_case().pk))


@pytest.mark.parametrize(
    "verb", [["cases", "show"], ["decisions", "show"], ["appeals", "claim"]], ids="-".join
)
def test_what_is_not_there_is_said_in_one_line(verb: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    acting("bram", "reviewer", "appeals", monkeypatch=monkeypatch)
    assert "(not_there)" in refused(*verb, "999")


def test_what_strangers_wrote_cannot_draw_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    case = a_case()
    made.report(case.account, by="eve", text="look\x1b[2J\u202ehere")
    acting("bram", "reviewer", monkeypatch=monkeypatch)
    shown = done("cases", "reports", str(case.pk))
    assert "look<U+001B>[2J<U+202E>here" in shown
    assert "\x1b" not in shown


def test_anything_else_can_be_asked_of_the_api(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    acting("bram", "safety_lead", monkeypatch=monkeypatch)
    assert '"username": "bram"' in done("api", "get", "/me")
    (tmp_path / "note.json").write_text('{"text": "seen"}')
    case = a_case()
    assert '"text": "seen"' in done("api", "POST", f"/cases/{case.pk}/notes", f"@{tmp_path / 'note.json'}")
    assert "no JSON" in refused("api", "POST", "/cases/next", "{", status=2)
    assert "no JSON" in refused("api", "POST", "/cases/next", "@nowhere", status=2)


def test_a_list_is_kept_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    acting("bram", "reviewer", monkeypatch=monkeypatch)
    (tmp_path / "names.txt").write_text("mallory\neve\neve\n")
    options = ["--publisher", "Watch", "--platform", "local", "--named-by", "id"]
    first = done("lists", "add", tmp_path / "names.txt", *options)
    assert "taken: 2" in first
    assert "duplicate: 1" in first
    assert done("lists", "add", tmp_path / "names.txt", *options) == first
    kept = PublishedList.objects.get()
    assert (kept.title, kept.publisher) == ("names.txt", "Watch")
    assert "names.txt" in done("lists", "list")
    assert "nothing" not in done("lists", "show", str(kept.pk))
    assert "cannot be read" in refused("lists", "add", tmp_path / "none", *options, status=2)


def test_appeals_and_tasks_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    acting("bram", "appeals", monkeypatch=monkeypatch)
    assert done("appeals", "next") == "Nothing waits.\n"
    assert done("appeals", "list").startswith("id")
    assert done("tasks", "list").startswith("id")


def test_a_service_elsewhere_is_asked_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []

    class There(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.extend([self.path, self.headers["Authorization"]])
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"items": [], "next": null}')

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), There)
    threading.Thread(target=server.handle_request, daemon=True).start()
    monkeypatch.setenv("OSTRAKON_TOKEN", "ost_key")
    monkeypatch.setenv("OSTRAKON_URL", f"http://127.0.0.1:{server.server_port}/")
    done("cases", "list")
    server.server_close()
    assert asked == ["/api/v1/cases?status=open", "Bearer ost_key"]
    assert "does not answer" in refused("cases", "list")


def test_a_link_is_read_and_judged_from_the_shell_and_no_number_stands_in_the_list(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = link(newcomer("mallory2").account, suspended("mallory").account)
    acting("rana", "reviewer", monkeypatch=monkeypatch)
    listed = done("links", "list")
    assert str(found.pk) in listed
    assert "probability" not in listed
    told = done("links", "show", str(found.pk))
    assert told.index("signs_for") < told.index("signs_against") < told.index("probability: 0.9")
    assert "status: different" in done(
        "links", "judge", str(found.pk), "different", "--why", "She proved it."
    )
    assert str(found.pk) in done("links", "list", "--status", "different")
    refused("links", "judge", str(found.pk), "perhaps", "--why", "It may be.")
