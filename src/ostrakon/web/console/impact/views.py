"""*Did it work?*: the last measurement, and its figures as files. A worker measures; here is only read and asked."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from ostrakon.casework.permissions import Act, may
from ostrakon.errors import NotThere
from ostrakon.impact.asking import ask_to_measure, is_asked, latest
from ostrakon.impact.models import ImpactMeasurement
from ostrakon.web.api.impact import as_file
from ostrakon.web.console.doors import Visit, page
from ostrakon.web.console.impact.shown import missing_of, questions_of

COLUMNS = (
    "measure", "group", "name", "value", "low", "high", "unit", "grade", "method", "warnings", "refused", "seed",
    "inputs",
)  # fmt: skip


@require_safe
@page(Act.READ_CASES)
def did_it_work(request: Visit) -> HttpResponse:
    """What was measured last; of a policy where one is asked for."""
    found = _asked_for(request)
    questions = questions_of(found) if found else []
    shown = {
        "measurement": found,
        "questions": questions,
        "missing": missing_of(questions),
        "may_measure": may(request.user, Act.MEASURE_IMPACT),
        "is_asked": is_asked(found),
    }
    return render(request, "console/did_it_work.html", shown)


@require_POST
@page(Act.MEASURE_IMPACT)
def measure_now(request: Visit) -> HttpResponse:
    """Ask a worker to measure."""
    ask_to_measure(request.user, timezone.now())
    return redirect("did_it_work")


@require_safe
@page(Act.READ_CASES)
def figures_json(request: Visit) -> HttpResponse:
    """The stored measurement: every figure and table, its inputs, seed and versions."""
    kept = _kept(request)
    answer = HttpResponse(
        json.dumps(as_file(kept), ensure_ascii=False, indent=1), content_type="application/json"
    )
    answer["Content-Disposition"] = f'attachment; filename="measurement-{kept.pk}.json"'
    return answer


@require_safe
@page(Act.READ_CASES)
def figures_csv(request: Visit) -> HttpResponse:
    """The figures alone, a row each."""
    kept = _kept(request)
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(_rows(kept))
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="measurement-{kept.pk}.csv"'
    return answer


def _asked_for(request: Visit) -> ImpactMeasurement | None:
    """The last one, of a policy where the address names one. PostgreSQL takes no NUL, and no policy has one."""
    return latest(request.GET.get("policy", "").replace("\0", ""))


def _kept(request: Visit) -> ImpactMeasurement:
    found = _asked_for(request)
    if found is None:
        raise NotThere("nothing was measured so far")
    return found


def _rows(kept: ImpactMeasurement) -> list[dict[str, Any]]:
    return [
        {
            **figure,
            "measure": measure["name"],
            "group": group,
            "warnings": "; ".join(figure["warnings"]),
            "seed": measure["seed"],
            "inputs": ";".join(f"{source['kind']}:{source['sha256']}" for source in measure["sources"]),
        }
        for measure in json.loads(kept.measures)
        for group, part in measure["groups"].items()
        for figure in part["figures"]
    ]
