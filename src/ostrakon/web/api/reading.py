"""Reading a request's body before anybody looks at it: size, kind, depth, and values that no database holds."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from ostrakon.web.api.problems import (
    INVALID,
    MALFORMED,
    TOO_DEEP,
    TOO_LARGE,
    WRONG_MEDIA_TYPE,
    Unreadable,
)

ORDINARY_BYTES = 1024 * 1024
"""What a request may weigh where its door says nothing else."""
DEEPEST = 32
"""Nested lists and objects: none of ours is deeper than four."""
LARGEST = 2**63 - 1
"""What the databases hold as a number."""
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""NUL, which PostgreSQL refuses, and half of a surrogate pair, which is no character."""


class Careful(Parser):
    """Ninja's parser, for requests that may come from anybody."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The JSON of the body.

        Raises:
            Unreadable: it is not JSON, too large, too deep, or holds what cannot be stored.
        """
        if request.content_type != "application/json":
            raise Unreadable(WRONG_MEDIA_TYPE, "send application/json")
        limit = getattr(request, "largest_body", ORDINARY_BYTES)
        if len(request.body) > limit:
            raise too_large(limit)
        return read_json(request.body)

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """The values behind the question mark; a name that may stand once counts with its last value."""
        _check_strings(text for key in data for text in (key, *data.getlist(key)))
        return super().parse_querydict(data, list_fields, request)


def too_large(limit: int) -> Unreadable:
    """That a body is larger than may be."""
    return Unreadable(TOO_LARGE, f"a request to this address may weigh {limit} bytes; send it in parts")


def read_json(raw: bytes) -> Any:
    """JSON as plain values, each of which both databases can store.

    Raises:
        Unreadable: it is not JSON in UTF-8, is deeper than ``DEEPEST``, has a number that is not one or does not fit
            in 64 bits, or a string with NUL or half of a surrogate pair.
    """
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_no_number, parse_float=_float, parse_int=_int)
    except RecursionError:
        raise _deep() from None
    except ValueError:  # what json and int raise; their messages quote the body
        raise Unreadable(MALFORMED, "the body is not JSON in UTF-8") from None
    _walk(value)
    return value


def _walk(top: Any) -> None:
    """Level by level, without recursion: how deep the JSON is must not be how deep we are."""
    level, depth = [top], 0
    while level:
        depth += 1
        if depth > DEEPEST + 1:
            raise _deep()
        _check_strings(item for item in level if isinstance(item, str))
        below = [item for item in level if isinstance(item, list | dict)]
        for item in below:
            if isinstance(item, dict):
                _check_strings(item)
        level = [value for item in below for value in (item.values() if isinstance(item, dict) else item)]


def _check_strings(texts: Iterable[str]) -> None:
    for text in texts:
        if UNSTORABLE.search(text):
            raise Unreadable(INVALID, "a text holds NUL or half a surrogate pair, which cannot be stored")


def _no_number(text: str) -> float:
    raise Unreadable(MALFORMED, f"{text} is not a JSON number")


def _float(text: str) -> float:
    if not math.isfinite(value := float(text)):
        raise Unreadable(INVALID, "a number is too large")
    return value


def _int(text: str) -> int:
    if len(text) > 20 or not -LARGEST <= (value := int(text)) <= LARGEST:
        raise Unreadable(INVALID, "a whole number does not fit in 64 bits")
    return value


def _deep() -> Unreadable:
    return Unreadable(TOO_DEEP, f"the JSON is nested more than {DEEPEST} deep")
