"""For whoever watches the service from outside: does it live, is it ready, how much waits."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from ostrakon.ledger.models import Entry
from ostrakon.service.leases import somebody_works
from ostrakon.service.metrics import REGISTRY
from ostrakon.service.readiness import missing_migrations

THROUGH_A_PROXY = ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via")


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is asked: a database that is away is no reason to kill it."""
    return JsonResponse({"status": "live"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """The database answers, its tables are those of this version, and a worker was seen within a minute.

    How far the record goes is not for the world: whoever appeals for somebody else would see in it whether there was
    anything to appeal against.
    """
    try:
        state: dict[str, Any] = {
            "database": True,
            "migrated": not missing_migrations(),
            "working": somebody_works(timezone.now()),
            "ledger": _head(),
        }
    except DatabaseError:
        state = {"database": False, "migrated": False, "working": False, "ledger": None}
    is_ready = state["migrated"] and state["working"] and state["ledger"] is not None
    if _came_through_a_proxy(request):
        del state["ledger"]
    return JsonResponse(
        {"status": "ready" if is_ready else "not ready", **state}, status=200 if is_ready else 503
    )


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Numbers for Prometheus. Not for the world: whoever comes through a proxy finds nothing here."""
    if _came_through_a_proxy(request):
        return HttpResponseNotFound()
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


def _came_through_a_proxy(request: HttpRequest) -> bool:
    return any(header in request.headers for header in THROUGH_A_PROXY)


def _head() -> dict[str, Any] | None:
    """The last entry of the record: who notes it down can tell later that nothing before it was changed."""
    last = Entry.objects.order_by("-number").first()
    return {"number": last.number, "digest": last.digest} if last else None
