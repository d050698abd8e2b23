"""Numbers about the service: how much waits, how old it is, how the background jobs and the requests go.

They are read from the database when they are asked for, so they are right whichever process answers. Labels are
names of states, lanes, jobs and routes, never of people or accounts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.db.models import Count, Max, Min
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.decorators import sync_and_async_middleware
from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ostrakon.casework.models import Appeal, Case, Task
from ostrakon.enforcement.models import Dispatch
from ostrakon.intake.models import Report
from ostrakon.ledger.models import Checkpoint, Entry
from ostrakon.service.logs import route_of
from ostrakon.service.models import Job

WAITING = (Dispatch.State.QUEUED, Dispatch.State.SENDING)

REGISTRY = CollectorRegistry()
REQUESTS = Histogram(
    "ostrakon_request_seconds",
    "How long requests took, by route.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30),
    registry=REGISTRY,
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Rows(Collector):
    """What the tables say at the moment."""

    def collect(self) -> Iterable[Metric]:
        """Some dozen counts over indexes."""
        now = timezone.now()
        yield from _queues(now)
        yield from _outbox(now)
        yield from _jobs(now)
        yield from _record(now)


REGISTRY.register(Rows())
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)


def _queues(now: datetime) -> Iterator[Metric]:
    size = GaugeMetricFamily("ostrakon_cases", "Cases that are not decided.", labels=["status", "lane"])
    oldest = GaugeMetricFamily(
        "ostrakon_oldest_case_age_seconds", "Since the first report of the oldest.", labels=["status", "lane"]
    )
    waiting = Case.objects.exclude(status=Case.Status.DECIDED).values_list("status", "lane")
    for status, lane, cases, since in waiting.annotate(Count("pk"), Min("opened_at")):
        labels = [status, Case.Lane(lane).label]
        size.add_metric(labels, cases)
        oldest.add_metric(labels, (now - since).total_seconds())
    yield from (size, oldest)
    late = Case.objects.exclude(status=Case.Status.DECIDED).filter(due_at__lt=now).count()
    yield GaugeMetricFamily("ostrakon_cases_overdue", "Cases past their deadline.", value=late)
    appeals = Appeal.objects.filter(status=Appeal.Status.OPEN)
    yield GaugeMetricFamily("ostrakon_appeals", "Appeals that wait.", value=appeals.count())
    yield GaugeMetricFamily(
        "ostrakon_appeals_overdue",
        "Appeals past their deadline.",
        value=appeals.filter(due_at__lt=now).count(),
    )
    tasks = GaugeMetricFamily("ostrakon_tasks", "Tasks for a person that are not done.", labels=["kind"])
    for kind, count in Task.objects.filter(done_at=None).values_list("kind").annotate(Count("pk")):
        tasks.add_metric([kind], count)
    yield tasks


def _outbox(now: datetime) -> Iterator[Metric]:
    waiting = Dispatch.objects.filter(state__in=WAITING)
    states = GaugeMetricFamily("ostrakon_dispatches", "What waits to go out.", labels=["channel", "state"])
    for channel, state, count in waiting.values_list("channel", "state").annotate(Count("pk")):
        states.add_metric([channel, state], count)
    yield states
    since = waiting.aggregate(since=Min("queued_at"))["since"]
    yield GaugeMetricFamily(
        "ostrakon_oldest_dispatch_age_seconds",
        "Since the oldest that waits was queued.",
        value=_age(since, now),
    )


def _jobs(now: datetime) -> Iterator[Metric]:
    lag = GaugeMetricFamily("ostrakon_job_lag_seconds", "Since a round last ended well.", labels=["job"])
    failing = GaugeMetricFamily(
        "ostrakon_job_failing", "Rounds that failed since the last good one.", labels=["job"]
    )
    ever = CounterMetricFamily("ostrakon_job_failures", "Rounds that failed.", labels=["job"])
    held = GaugeMetricFamily("ostrakon_job_in_hand", "1: a worker has it.", labels=["job"])
    for job in Job.objects.all():
        lag.add_metric([job.name], _age(job.succeeded_at, now))
        failing.add_metric([job.name], job.failures)
        ever.add_metric([job.name], job.failures_ever)
        held.add_metric([job.name], bool(job.taken_by and job.taken_until and job.taken_until > now))
    yield from (lag, failing, ever, held)


def _record(now: datetime) -> Iterator[Metric]:
    last = Entry.objects.aggregate(last=Max("number"))["last"] or 0
    signed = Checkpoint.objects.aggregate(last=Max("number"))["last"] or 0
    yield CounterMetricFamily("ostrakon_ledger_entries", "Entries of the record.", value=last)
    yield GaugeMetricFamily(
        "ostrakon_ledger_unsigned", "Entries since the last signed checkpoint.", value=last - signed
    )
    reports = Report.objects.aggregate(last=Max("pk"))["last"] or 0
    yield CounterMetricFamily("ostrakon_reports", "Reports, by the highest number.", value=reports)


def _age(since: datetime | None, now: datetime) -> float:
    """In seconds; 0 when there is nothing that could be old."""
    return max((now - since).total_seconds(), 0.0) if since else 0.0


@sync_and_async_middleware
def measure_requests(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """How long each request took, by route: a route is a pattern of ours, so nothing a stranger sends is a label."""
    if iscoroutinefunction(get_response):

        async def measured_later(request: HttpRequest) -> HttpResponseBase:
            began = time.perf_counter()
            response: HttpResponseBase = await get_response(request)
            _note(request, response, began)
            return response

        return measured_later

    def measured(request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response: HttpResponseBase = get_response(request)
        _note(request, response, began)
        return response

    return measured


def _note(request: HttpRequest, response: HttpResponseBase, began: float) -> None:
    method = request.method if request.method in METHODS else "other"
    status = f"{response.status_code // 100}xx"
    REQUESTS.labels(method, route_of(request), status).observe(time.perf_counter() - began)
