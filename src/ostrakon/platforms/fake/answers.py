"""What comes back over a line, and what comes instead when something goes wrong on the way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ostrakon.platforms.fake.faults import Fault

JSON, HTML = {"Content-Type": "application/json"}, {"Content-Type": "text/html"}


@dataclass(frozen=True)
class Answer:
    """Status, body and headers of a reply."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def of(status: int, fields: Any, **headers: str) -> Answer:
        """JSON; an underscore in the name of a header is a hyphen."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return Answer(status, json.dumps(fields).encode(), {**JSON, **told})


INSTEAD: Mapping[Fault, Answer] = {
    Fault.ERROR_AFTER: Answer.of(500, {"error": "internal"}),
    Fault.BAD_GATEWAY: Answer(502, b"<html>Bad gateway</html>", HTML),
    Fault.UNAVAILABLE: Answer(503, b"", {"Retry-After": "7"}),
    Fault.HTML: Answer(200, b"<html><body>Welcome</body></html>", HTML),
    Fault.TRUNCATED: Answer(200, b'{"result": [1, 2', JSON),
    Fault.CLAIMED: Answer.of(200, {"flags": {}}),
    Fault.REDIRECT: Answer(302, b"", {"Location": "http://127.0.0.1:9/elsewhere"}),
    Fault.LIMIT: Answer.of(429, {"error": "limit"}, Retry_After="7"),
    Fault.NO_LIMIT: Answer.of(429, {"error": "refused_by_a_rule"}),
    Fault.UNAUTHORISED: Answer.of(401, {"error": "unknown_token"}),
    Fault.FORBIDDEN: Answer.of(403, {"error": "forbidden"}),
}
"""The reply that a fault puts in the place of the true one."""
