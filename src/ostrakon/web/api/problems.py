"""Every answer that is not a success: RFC 9457 problem+json with a stable code. One table says which."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from ostrakon import errors

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Problem:
    """A kind of answer: its status and what it is called. Codes stay; titles may be worded better."""

    code: str
    status: int
    title: str

    @property
    def type(self) -> str:
        """The URI of RFC 9457."""
        return f"urn:ostrakon:problem:{self.code}"


MALFORMED = Problem("malformed", 400, "The request cannot be read")
TOO_DEEP = Problem("too_deep", 400, "The JSON is nested too deeply")
BAD_REQUEST = Problem("bad_request", 400, "The request makes no sense")
NOT_SIGNED_IN = Problem("not_signed_in", 401, "Sign in, or send a valid key")
FORBIDDEN = Problem("forbidden", 403, "This is not allowed")
CSRF_FAILED = Problem("csrf_failed", 403, "The request did not come from our own page")
SCOPE_MISSING = Problem("scope_missing", 403, "The key does not open this")
SECOND_FACTOR_REQUIRED = Problem("second_factor_required", 403, "Set up a second factor first")
PASSWORD_CHANGE_REQUIRED = Problem("password_change_required", 403, "Change the password first")
NOT_FOUND = Problem("not_found", 404, "There is nothing at this address")
METHOD_NOT_ALLOWED = Problem("method_not_allowed", 405, "This address does not know the method")
TOO_LARGE = Problem("too_large", 413, "The request is too large")
WRONG_MEDIA_TYPE = Problem("wrong_media_type", 415, "The body is of another kind than this address reads")
COLLISION = Problem("collision", 409, "It collided with another change")
REPORT_CONFLICT = Problem("report_conflict", 409, "Another report has this id; both are kept")
INVALID = Problem("invalid", 422, "A value is missing or makes no sense")
INTERNAL = Problem("internal", 500, "Something broke on our side; nothing was changed")
UNAVAILABLE = Problem("unavailable", 503, "The service is busy; try again")

REFUSALS: Mapping[type[errors.Refused], Problem] = {
    errors.NotPermitted: Problem("not_permitted", 403, "Your roles do not allow this"),
    errors.NotThere: Problem("not_there", 404, "It does not exist, or not for you"),
    errors.SecondPersonRequired: Problem(
        "second_person_required", 409, "Somebody else must approve it first"
    ),
    errors.SeniorRequired: Problem("senior_required", 403, "A safety lead or a guest must approve it"),
    errors.TookPart: Problem("took_part", 403, "You took part in the decision that you would judge"),
    errors.ExemptionApplies: Problem("exemption_applies", 409, "An exemption applies, or was not answered"),
    errors.ClaimedBySomebodyElse: Problem("claimed_by_somebody_else", 409, "A colleague has it in hand"),
    errors.NotInThisState: Problem("not_in_this_state", 409, "It was changed meanwhile"),
    errors.Unfit: Problem("unfit", 422, "A value is missing or makes no sense"),
    errors.TooOften: Problem("too_often", 429, "Too many requests in a short time"),
    errors.TooBusy: Problem("too_busy", 503, "Too much waits already; try again"),
}
"""What each refusal is to a caller. One that does not exist and one that is not theirs look the same."""

TRANSPORT = (
    MALFORMED,
    TOO_DEEP,
    BAD_REQUEST,
    NOT_SIGNED_IN,
    FORBIDDEN,
    CSRF_FAILED,
    SCOPE_MISSING,
    SECOND_FACTOR_REQUIRED,
    PASSWORD_CHANGE_REQUIRED,
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    TOO_LARGE,
    WRONG_MEDIA_TYPE,
    COLLISION,
    REPORT_CONFLICT,
    INVALID,
    INTERNAL,
    UNAVAILABLE,
)
"""What goes wrong before a verb is reached."""

ALL: Mapping[str, Problem] = {problem.code: problem for problem in (*TRANSPORT, *REFUSALS.values())}

BY_STATUS: Mapping[int, Problem] = {
    400: BAD_REQUEST,
    401: NOT_SIGNED_IN,
    403: FORBIDDEN,
    404: NOT_FOUND,
    405: METHOD_NOT_ALLOWED,
    413: TOO_LARGE,
    415: WRONG_MEDIA_TYPE,
    500: INTERNAL,
    503: UNAVAILABLE,
}
"""What an answer of Django itself becomes."""


class Unreadable(Exception):
    """The request does not reach a verb, for this reason."""

    def __init__(self, problem: Problem, detail: str) -> None:
        super().__init__(detail)
        self.problem = problem
        self.detail = detail


def answer(problem: Problem, detail: str, errors: Iterable[Mapping[str, Any]] = ()) -> HttpResponse:
    """The problem as a response. ``errors`` are places in the request: {"at": "body.name", "problem": "..."}."""
    body: dict[str, Any] = {
        "type": problem.type,
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
        "detail": detail,
    }
    if places := list(errors):
        body["errors"] = places
    response = HttpResponse(json.dumps(body), status=problem.status, content_type=CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    if problem.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="ostrakon"'
    return response


def register(api: NinjaAPI) -> None:
    """Every exception of an endpoint becomes a problem."""
    api.add_exception_handler(errors.Refused, _refused)
    api.add_exception_handler(Unreadable, _unreadable)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(AuthenticationError, _not_signed_in)
    api.add_exception_handler(HttpError, _http_error)
    api.add_exception_handler(RequestDataTooBig, _too_large)
    api.add_exception_handler(Http404, _not_found)
    api.add_exception_handler(IntegrityError, _collided)
    api.add_exception_handler(OperationalError, _busy)
    api.add_exception_handler(Exception, _broken)


def refusal(raised: errors.Refused) -> Problem:
    """Its row in the table, or that of the nearest kind above it."""
    return next(REFUSALS[kind] for kind in type(raised).__mro__ if kind in REFUSALS)


def _refused(request: HttpRequest, raised: Any) -> HttpResponse:
    response = answer(refusal(raised), str(raised))
    if isinstance(raised, errors.TooOften | errors.TooBusy):
        response["Retry-After"] = str(raised.wait_s)
    return response


def _unreadable(request: HttpRequest, raised: Any) -> HttpResponse:
    return answer(raised.problem, raised.detail)


def _invalid(request: HttpRequest, raised: Any) -> HttpResponse:
    """Where and what, without the value: it may be a secret, or somebody's words."""
    places = [
        {"at": ".".join(str(part) for part in place["loc"])[:200], "problem": str(place["msg"])[:300]}
        for place in raised.errors[:50]
    ]
    return answer(INVALID, "see errors for what is wrong and where", places)


def _not_signed_in(request: HttpRequest, raised: Any) -> HttpResponse:
    return answer(NOT_SIGNED_IN, "this needs a session or a key that is valid: neither was sent")


def _http_error(request: HttpRequest, raised: Any) -> HttpResponse:
    """Ninja wraps what its parser raised: the cause says more."""
    if isinstance(raised.__cause__, Unreadable):
        return _unreadable(request, raised.__cause__)
    return answer(BY_STATUS.get(raised.status_code, BAD_REQUEST), "the request cannot be answered as it is")


def _too_large(request: HttpRequest, raised: Any) -> HttpResponse:
    return answer(TOO_LARGE, "the body is larger than this address reads; send it in parts")


def _not_found(request: HttpRequest, raised: Any) -> HttpResponse:
    return answer(NOT_FOUND, "there is nothing at this address")


def _collided(request: HttpRequest, raised: Any) -> HttpResponse:
    """A rule of the database spoke where the verb did not: usually because two did the same at once."""
    logger.warning("a rule of the database refused: %s %s", request.method, _route(request), exc_info=raised)
    return answer(
        COLLISION, "somebody changed the same at this moment; look again and repeat it if it is still needed"
    )


def _busy(request: HttpRequest, raised: Any) -> HttpResponse:
    """The database is locked, gave up a deadlock, or does not answer."""
    logger.error("the database did not answer: %s %s", request.method, _route(request), exc_info=raised)
    response = answer(UNAVAILABLE, "the database is busy; nothing was changed; try again")
    response["Retry-After"] = "1"
    return response


def _broken(request: HttpRequest, raised: Any) -> HttpResponse:
    """The trace goes into our log; the caller learns that it was our fault."""
    logger.error("a request failed: %s %s", request.method, _route(request), exc_info=raised)
    return answer(INTERNAL, "something broke on our side; it is in our log")


def _route(request: HttpRequest) -> str:
    """The pattern of the address, for the log: a path may hold the link of somebody's notice, or who is reported."""
    return str(getattr(request.resolver_match, "route", "")) or "no route"
