"""``ostrakon cases``, ``decisions``, ``appeals``, ``tasks``: the daily work of people who decide, from the shell.

Whoever acts proves who they are with a key of their own (``OSTRAKON_TOKEN``, made by ``ostrakon token``).
"""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Annotated, Any

import typer

from ostrakon.cli.calling import Call, call
from ostrakon.cli.endings import ending_clearly
from ostrakon.cli.plain import show, show_page
from ostrakon.errors import InputUnusable

CASES = (
    "id",
    "lane",
    "due_at",
    "probability",
    "reports",
    "platform",
    "account_name",
    "policy_code",
    "claimed_by",
)
DECISIONS = ("id", "case", "status", "outcome", "action", "proposed_by", "approved_by", "ends_at")
APPEALS = ("id", "decision", "status", "filed_by", "filed_at", "due_at", "claimed_by")
TASKS = ("id", "kind", "case", "decision", "opened_at", "done_at", "detail")

Number = Annotated[int, typer.Argument(metavar="NUMBER", min=1)]
After = Annotated[
    str | None, typer.Option(metavar="PLACE", help="The next page, as the one before names it.")
]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="For colleagues.")]


def _app(said: str) -> typer.Typer:
    return typer.Typer(help=said, no_args_is_help=True, rich_markup_mode=None)


cases = _app("Cases: the queue, and the work on one of them.")
decisions = _app("Decisions: the second person, and what happened to them.")
appeals = _app("Appeals: heard by somebody who took no part in the decision.")
tasks = _app("Tasks: what a machine could not do and a person must.")


def _ask(method: str, path: str, body: Any = None, **query: str | None) -> Any:
    with ending_clearly("nothing was changed"):
        asked = {name: value for name, value in query.items() if value is not None}
        return call(Call(method, path, body, asked))


def _show(method: str, path: str, body: Any = None) -> None:
    answer = _ask(method, path, body)
    typer.echo("Nothing waits.") if answer is None else show(answer)


# Cases


@cases.command("list")
def list_cases(
    status: Annotated[str, typer.Option(metavar="STATUS", help="open, proposed or decided.")] = "open",
    lane: Annotated[str | None, typer.Option(metavar="LANE", help="priority or ordinary.")] = None,
    after: After = None,
) -> None:
    """The queue, in the order in which cases come up."""
    show_page(_ask("GET", "/cases", status=status, lane=lane, after=after), CASES)


@cases.command("next")
def next_case() -> None:
    """Take the next case in hand: the head of the queue, or one at random for the audit."""
    _show("POST", "/cases/next", {})


@cases.command("show")
def show_case(case: Number) -> None:
    """All that is known about a case."""
    _show("GET", f"/cases/{case}")


@cases.command("reports")
def show_reports(case: Number, after: After = None) -> None:
    """The reports that a case is about."""
    page = _ask("GET", f"/cases/{case}/reports", after=after)
    show_page(page, ("id", "reported_at", "source", "policy", "text"))


@cases.command("claim")
def claim(case: Number) -> None:
    """Take a case in hand; the claim ends by itself."""
    _show("POST", f"/cases/{case}/claim")


@cases.command("release")
def release(case: Number) -> None:
    """Put a case back into its place in the queue."""
    _show("POST", f"/cases/{case}/release")


@cases.command("escalate")
def escalate(case: Number) -> None:
    """Put a case before a safety lead."""
    _show("POST", f"/cases/{case}/escalate")


@cases.command("note")
def note(case: Number, text: Annotated[str, typer.Argument(metavar="TEXT")]) -> None:
    """Write a note beside a case. Whoever does so before it is decided hears no appeal against it."""
    _show("POST", f"/cases/{case}/notes", {"text": text})


@cases.command("propose")
def propose(
    case: Number,
    version: Annotated[
        int, typer.Option(min=0, help="Of the case, as you have read it: ostrakon cases show.")
    ],
    outcome: Annotated[str, typer.Option(metavar="OUTCOME", help="upheld or rejected.")],
    action: Annotated[
        str, typer.Option(metavar="ACTION", help="none, warn, label, limit, suspend_for_a_time or suspend.")
    ],
    facts: Annotated[
        str, typer.Option(metavar="TEXT", help="In your words, for the statement of reasons.")
    ] = "",
    hours: Annotated[int | None, typer.Option(min=1, help="How long, for what ends by itself.")] = None,
    press: Annotated[str | None, typer.Option(metavar="yes|no", help="Is it press?")] = None,
    research: Annotated[str | None, typer.Option(metavar="yes|no", help="Is it research?")] = None,
    counter_speech: Annotated[
        str | None, typer.Option(metavar="yes|no", help="Is it counter-speech?")
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="The same key is the same proposal, however often it is sent."),
    ] = None,
) -> None:
    """Propose a decision. A suspension waits for a second person; the rest comes into force at once."""
    proposal = {
        "version": version, "outcome": outcome, "action": action, "facts": facts, "duration_hours": hours,
        "exempt_press": press, "exempt_research": research, "exempt_counter_speech": counter_speech,
    }  # fmt: skip
    headers = {"Idempotency-Key": key or secrets.token_urlsafe(24)}
    with ending_clearly("nothing was changed"):
        answer = call(Call("POST", f"/cases/{case}/proposals", proposal, headers=headers))
    show(answer)


# Decisions


@decisions.command("list")
def list_decisions(
    status: Annotated[
        str | None, typer.Option(metavar="STATUS", help="proposed, in_force, reversed, ...")
    ] = None,
    after: After = None,
) -> None:
    """Decisions, the newest first."""
    show_page(_ask("GET", "/decisions", status=status, after=after), DECISIONS)


@decisions.command("show")
def show_decision(decision: Number) -> None:
    """One decision."""
    _show("GET", f"/decisions/{decision}")


@decisions.command("statement")
def show_statement(decision: Number) -> None:
    """What its account was told."""
    _show("GET", f"/decisions/{decision}/statement")


@decisions.command("approve")
def approve(decision: Number) -> None:
    """Say yes as the second person: it comes into force at once."""
    _show("POST", f"/decisions/{decision}/approve")


@decisions.command("decline")
def decline(decision: Number, why: Why) -> None:
    """Say no as the second person."""
    _show("POST", f"/decisions/{decision}/decline", {"why": why})


@decisions.command("withdraw")
def withdraw(decision: Number) -> None:
    """Take your own proposal back."""
    _show("POST", f"/decisions/{decision}/withdraw")


@decisions.command("reverse")
def reverse(decision: Number, why: Why) -> None:
    """Undo a decision that was found to be wrong, and tell the person whose account it is."""
    _show("POST", f"/decisions/{decision}/reverse", {"why": why})


# Appeals


@appeals.command("list")
def list_appeals(
    status: Annotated[str | None, typer.Option(metavar="STATUS", help="open, granted or denied.")] = "open",
    after: After = None,
) -> None:
    """Appeals, the newest first."""
    show_page(_ask("GET", "/appeals", status=status, after=after), APPEALS)


@appeals.command("next")
def next_appeal() -> None:
    """The appeal with the nearest deadline that you may judge."""
    _show("POST", "/appeals/next")


@appeals.command("show")
def show_appeal(appeal: Number) -> None:
    """One appeal."""
    _show("GET", f"/appeals/{appeal}")


@appeals.command("claim")
def claim_appeal(appeal: Number) -> None:
    """Take an appeal in hand."""
    _show("POST", f"/appeals/{appeal}/claim")


@appeals.command("grant")
def grant(
    appeal: Number, reasons: Annotated[str, typer.Option(metavar="TEXT", help="For the person concerned.")]
) -> None:
    """Grant it: everything that the decision did is undone at once."""
    _show("POST", f"/appeals/{appeal}/decide", {"granted": True, "reasons": reasons})


@appeals.command("deny")
def deny(
    appeal: Number, reasons: Annotated[str, typer.Option(metavar="TEXT", help="For the person concerned.")]
) -> None:
    """Do not grant it."""
    _show("POST", f"/appeals/{appeal}/decide", {"granted": False, "reasons": reasons})


# Tasks


@tasks.command("list")
def list_tasks(after: After = None) -> None:
    """Tasks, the newest first."""
    show_page(_ask("GET", "/tasks", after=after), TASKS)


@tasks.command("done")
def done(task: Number, how: Annotated[str, typer.Option(metavar="TEXT", help="How it was done.")]) -> None:
    """A task was done."""
    _show("POST", f"/tasks/{task}/done", {"how": how})


# Everything else


def api(
    method: Annotated[str, typer.Argument(metavar="METHOD", help="GET, POST, PUT or DELETE.")],
    path: Annotated[str, typer.Argument(metavar="PATH", help="What follows /api/v1, as in /policies.")],
    body: Annotated[str | None, typer.Argument(metavar="JSON", help="@FILE reads it from a file.")] = None,
) -> None:
    """Ask the API anything that it can; the answer is JSON."""
    with ending_clearly("nothing was changed"):
        answer = call(Call(method.upper(), path if path.startswith("/") else f"/{path}", _json(body)))
    if answer is not None:
        typer.echo(json.dumps(answer, indent=1, ensure_ascii=False))


def _json(body: str | None) -> Any:
    if body is None:
        return None
    try:
        return json.loads(Path(body[1:]).read_text(encoding="utf-8") if body.startswith("@") else body)
    except (OSError, ValueError) as problem:
        raise InputUnusable(f"the body is no JSON that can be read: {problem}") from problem
