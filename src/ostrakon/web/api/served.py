"""The API as it is served: its subjects, its errors, its description."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from ostrakon.web.api import (
    appeals,
    audits,
    batches,
    campaigns,
    cases,
    decisions,
    figures,
    guests,
    hints,
    impact,
    intake,
    links,
    lists,
    notices,
    people,
    policies,
    problems,
    profiles,
    public,
    record,
    reinstatements,
    runs,
    sources,
    subjects,
    tasks,
    tokens,
    webhooks,
)
from ostrakon.web.api.reading import Careful
from ostrakon.web.api.shapes import ProblemOut

DESCRIPTION = """\
Everything that can be done with Ostrakon can be done here. People sign in with a session (cookie and X-CSRFToken) or
send a key of their own; programs that report send the key of a source: `Authorization: Bearer ost_...`.
Every error is a problem (RFC 9457) with a stable `code`. Lists are read page by page: `next` of one page is `after` of
the following. Times are ISO 8601 with a zone.
"""


class Api(NinjaAPI):
    """Ninja's, with the problems in its description."""

    def get_openapi_operation_id(self, operation: Any) -> str:
        """The name of the function: short and stable."""
        return str(operation.view_func.__name__)

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """Every operation may answer with a problem."""
        made = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        made["components"]["schemas"]["Problem"] = ProblemOut.model_json_schema()
        shape = {"schema": {"$ref": "#/components/schemas/Problem"}}
        problem = {"description": "A problem", "content": {problems.CONTENT_TYPE: shape}}
        for operations in made["paths"].values():
            for operation in operations.values():
                operation["responses"]["default"] = problem
        return made


api = Api(
    title="Ostrakon",
    version="1",
    description=DESCRIPTION,
    parser=Careful(),
    urls_namespace="api",
    servers=[],
)
problems.register(api)
SUBJECTS = (
    intake,
    subjects,
    profiles,
    lists,
    cases,
    decisions,
    batches,
    campaigns,
    links,
    notices,
    guests,
    appeals,
    reinstatements,
    tasks,
    audits,
    runs,
    figures,
    impact,
    policies,
    people,
    sources,
    tokens,
    webhooks,
    record,
    public,
    hints,
)
for subject in SUBJECTS:
    api.add_router("", subject.router)
