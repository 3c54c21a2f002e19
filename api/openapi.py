"""The schema as it really is: what FastAPI knows of the routes, and what the gate adds to each."""

import re
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import JsonValue

from api.problems import Problem, ProblemCase, add_problems
from texts import LANGUAGES

DESCRIPTION = """\
Ask a picture in your own words; every box names one phrase of what you typed.

Every request carries HTTP Basic credentials, except `/healthz` and `/readyz`. The first answer sets
a cookie: it is your session, and only the session that asked may rate a result. A request without
it is a session of its own. Errors are `application/problem+json`, in English or Chinese.
"""
BASIC = {"type": "http", "scheme": "basic", "description": "The name and password of a user."}
UNSAFE = frozenset({"post", "put", "patch", "delete"})
PUBLIC = frozenset({"/healthz", "/readyz"})
FORM = re.compile("Body_.*_post")
NEEDED = "x-needed"
REQUIRED: dict[str, JsonValue] = {NEEDED: True}  # marks such a field of a form
DECORATIONS = frozenset({"title", "default", "description"})
BROKEN_BODY = "HTTPValidationError"  # FastAPI's own, which we never send

ANYWHERE = (
    ProblemCase(421, "gate.host"),
    ProblemCase(429, "errors.too_many_requests", {"retry_after_s": 42.0}),
    ProblemCase(500, "gate.internal"),
)
SIGNED_IN = (
    ProblemCase(401, "gate.sign_in"),
    ProblemCase(503, "errors.overloaded", {"retry_after_s": 1.0}),
)
FROM_A_PAGE = (ProblemCase(403, "gate.foreign_site"),)
BROKEN_FORM = ProblemCase(400, "gate.request")
WITH_BODY = (
    ProblemCase(408, "gate.body_too_slow"),
    ProblemCase(413, "gate.body_too_large", {"limit": 25165824}),
    ProblemCase(415, "gate.body_type"),
)
NOWHERE = ProblemCase(404, "gate.not_found")  # an id that cannot be one
UNREADABLE = ProblemCase(422, "errors.unreadable_request", {"fields": "threshold"})

HEADERS: dict[str, Any] = {
    "X-Request-ID": {"description": "Names this request in our logs.", "schema": {"type": "string"}}
}
RETRY_AFTER = {
    "description": "Seconds after which the same request may succeed, where that is known.",
    "schema": {"type": "integer", "minimum": 1},
}
CHALLENGE = {"description": "`Basic` and the realm.", "schema": {"type": "string"}}
ACCEPT_LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "description": "Language of the sentences in errors.",
    "schema": {"type": "string", "examples": list(LANGUAGES), "default": "en"},
}


def describe_api(app: FastAPI) -> None:
    """Let `app` tell the complete schema at `/openapi.json`; call it before the first request."""

    def schema() -> dict[str, Any]:
        if app.openapi_schema is None:
            told = get_openapi(
                title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes
            )
            app.openapi_schema = complete(told)
        return app.openapi_schema

    app.openapi = schema  # type: ignore[method-assign] # FastAPI's own way to extend its schema


def complete(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with credentials, headers and every problem the gate may answer with."""
    components = schema.setdefault("components", {})
    components["securitySchemes"] = {"basic": BASIC}
    schemas = components.setdefault("schemas", {})
    for name in (BROKEN_BODY, "ValidationError"):
        schemas.pop(name, None)
    for name in filter(FORM.match, schemas):
        straighten(schemas[name])
    schemas["Problem"] = Problem.model_json_schema()
    schema["security"] = [{"basic": []}]
    for path, method, operation in operations_of(schema):
        if path in PUBLIC:
            operation["security"] = []
        operation.setdefault("parameters", []).append(ACCEPT_LANGUAGE)
        add_problems(operation["responses"], gate_cases(path, method, operation))
        for status, response in operation["responses"].items():
            response["headers"] = headers_of(str(status)) | response.get("headers", {})
        operation["responses"] = dict(sorted(operation["responses"].items(), key=_status))
    return schema


def straighten(form: dict[str, Any]) -> None:
    """Tell a form as people fill it in: no field of it is null, and what has to be there is said.

    To FastAPI nothing is required: what is missing is told in our own sentences.
    """
    fields = form["properties"]
    for field in fields.values():
        kinds = field.pop("anyOf", [{}])
        field.update(next(kind for kind in kinds if kind != {"type": "null"}))
    form["required"] = [name for name, field in fields.items() if field.pop(NEEDED, False)]
    for name in form["required"]:
        fields[name].pop("default", None)


def operations_of(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, method and operation of everything the schema tells."""
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def gate_cases(path: str, method: str, operation: dict[str, Any]) -> Iterator[ProblemCase]:
    """Yield what the gate, or the reading of the request, may answer instead of the route."""
    yield from ANYWHERE
    if path not in PUBLIC:
        yield from SIGNED_IN
    if method in UNSAFE:
        yield from FROM_A_PAGE
    if "requestBody" in operation:
        yield from WITH_BODY
        if "multipart/form-data" in operation["requestBody"]["content"]:
            yield BROKEN_FORM
    _drop_broken_body(operation)
    if "requestBody" in operation or any(map(may_be_unreadable, operation["parameters"])):
        yield UNREADABLE
    if any("pattern" in parameter["schema"] for parameter in operation["parameters"]):
        yield NOWHERE


def headers_of(status: str) -> dict[str, Any]:
    """Return the headers an answer of this status carries."""
    headers = dict(HEADERS)
    if status == "401":
        headers["WWW-Authenticate"] = CHALLENGE
    if status in {"429", "503"}:
        headers["Retry-After"] = RETRY_AFTER
    return headers


def may_be_unreadable(parameter: dict[str, Any]) -> bool:
    """Say whether a query may hold something else than this parameter takes: not for plain text."""
    kinds = parameter["schema"].get("anyOf", [parameter["schema"]])
    texts = ({"type": "string"}, {"type": "null"}, {"type": "array", "items": {"type": "string"}})
    return parameter["in"] == "query" and any(
        {name: kind[name] for name in kind if name not in DECORATIONS} not in texts
        for kind in kinds
    )


def _drop_broken_body(operation: dict[str, Any]) -> None:
    """Take FastAPI's own 422 out."""
    if BROKEN_BODY in str(operation["responses"].get("422")):
        del operation["responses"]["422"]


def _status(response: tuple[Any, Any]) -> int:
    return int(response[0])
