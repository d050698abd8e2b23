"""Links put together by hand: a suspended account, and new ones that may be its person's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.casework.case import NOW, account, case, decision_in_force, person, policy

from ostrakon.casework.models import Case, Decision, Person, Policy
from ostrakon.intake.models import Account
from ostrakon.triage.models import Link, LinkSearch

WHY = "The same forty friends, and the same address in the bio."
EVIDENCE: dict[str, Any] = {
    "signs_for": [
        {"channel": "neighbours", "new": "12", "suspended": "12", "bits": 9.2, "popularity": None},
        {"channel": "handle", "new": "zubayr_q2", "suspended": "zubayr_q", "bits": 6.1, "popularity": 1},
        {"channel": "bio", "new": "truth at zq", "suspended": "truth at zq", "bits": 4.0, "popularity": 2},
    ],
    "signs_against": [
        {"channel": "avatar", "new": "a cat", "suspended": "a flag", "bits": -1.2, "popularity": None}
    ],
    "neighbours": [
        {"account": "friend1", "popularity": 3, "is_followed": True},
        {"account": "friend2", "popularity": 5, "is_followed": False},
    ],
    "nearest": {"suspended_account": "trudy", "probability": 0.08},
    "base_rate": 0.1,
}


def the_policy() -> Policy:
    return Policy.objects.filter(code="harassment").first() or policy()


def staff() -> tuple[Person, Person, Person]:
    """A reviewer, an approver, a safety lead."""
    roles = {"bram": "reviewer", "dana": "approver", "lena": "safety_lead"}
    bram, dana, lena = (
        Person.objects.filter(username=name).first() or person(name, role) for name, role in roles.items()
    )
    return bram, dana, lena


def suspended(name: str = "chidi", created_at: datetime | None = None, **fields: Any) -> Decision:
    """An account that two people suspended."""
    bram, dana, _ = staff()
    of = account(name, email=f"{name}@example.org")
    Account.objects.filter(pk=of.pk).update(created_at=created_at)
    return decision_in_force(case(of, the_policy(), status="decided"), bram, dana, **fields)


def newcomer(name: str = "chidi2", created_at: datetime | None = None) -> Case:
    """A new account with a case."""
    of = account(name, email=f"{name}@example.org")
    Account.objects.filter(pk=of.pk).update(created_at=created_at)
    return case(of, the_policy())


def a_search(suggested_rate: float = 0.01) -> LinkSearch:
    return LinkSearch.objects.create(
        platform="local",
        started_at=NOW, finished_at=NOW, version="0", parameters={"returners": {"suggested_rate": suggested_rate}},
        as_of=NOW, after_report=0, last_report=0, suspended=1, new=1, placebo=0, reviews=0, links=1,
        input_sha256="0" * 64,
    )  # fmt: skip


def link(new: Account, old: Account, **fields: Any) -> Link:
    """A hypothesis that waits."""
    defaults = {"rank": 1, "probability": 0.9, "false_link_rate": 0.05, "channels": "follows;bio"}
    more = {"evidence": EVIDENCE, "found_at": NOW, "search": fields.pop("search", None) or a_search()}
    return Link.objects.create(account=new, suspended_account=old, **{**defaults, **more, **fields})
