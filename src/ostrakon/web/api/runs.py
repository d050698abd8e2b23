"""What the analysis said, with all that is needed to say it again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Query, Router, Schema

from ostrakon.casework.permissions import Act
from ostrakon.intake.models import Account
from ostrakon.triage.models import Run, Valuation
from ostrakon.web.api.cases import AccountOut, ValuationOut
from ostrakon.web.api.doors import Request, people
from ostrakon.web.api.shapes import Id, PageOf, Paging, fetch, newest_first
from ostrakon.web.tokens import Scope

router = Router(tags=["triage"])
READER = people(Scope.CASES_READ, Act.READ_CASES)


class RunOut(Schema):
    """One valuation of everything up to a report, with the decisions as they stood."""

    id: int
    started_at: datetime
    finished_at: datetime
    version: str
    parameters: dict[str, Any]
    seed: int
    last_report: int
    reports: int
    decisions_as_of: datetime
    input_sha256: str


class ValuationFilter(Paging):
    """Which valuations."""

    account: Id | None = None
    run: Id | None = None
    is_current: bool | None = None


@router.get("/runs", auth=READER, response=PageOf[RunOut])
def list_runs(request: Request, page: Query[Paging]) -> dict[str, Any]:
    """Runs of the analysis, the newest first."""
    return newest_first(Run.objects.all(), page)


@router.get("/runs/{run_id}", auth=READER, response=RunOut)
def show_run(request: Request, run_id: Id) -> Run:
    """One run: version, parameters, seed and the range of its input."""
    return fetch(Run.objects.all(), run_id)


@router.get("/accounts/{account_id}", auth=READER, response=AccountOut)
def show_account(request: Request, account_id: Id) -> Account:
    """An account, as far as it is known."""
    return fetch(Account.objects.all(), account_id)


@router.get("/valuations", auth=READER, response=PageOf[ValuationOut])
def list_valuations(request: Request, page: Query[ValuationFilter]) -> dict[str, Any]:
    """What was said about accounts, the newest first."""
    wanted = page.dict(include={"account", "run", "is_current"}, exclude_none=True)
    return newest_first(Valuation.objects.filter(**wanted), page)
