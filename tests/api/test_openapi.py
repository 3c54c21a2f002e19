"""What the gate adds to the schema of each route."""

from typing import Any

import pytest

from api.openapi import complete, headers_of, may_be_unreadable, straighten


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ({"in": "query", "schema": {"type": "string", "title": "Text"}}, False),
        ({"in": "query", "schema": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, False),
        ({"in": "query", "schema": {"type": "number"}}, True),
        ({"in": "query", "schema": {"type": "string", "maxLength": 3}}, True),
        ({"in": "query", "schema": {"$ref": "#/components/schemas/FormatName"}}, True),
        ({"in": "path", "schema": {"type": "number"}}, False),
    ],
    ids=["text", "text or nothing", "number", "bounded", "one of some", "path"],
)
def test_plain_text_can_always_be_read(parameter: dict[str, Any], *, expected: bool) -> None:
    assert may_be_unreadable(parameter) is expected


@pytest.mark.parametrize(
    ("status", "header"),
    [("401", "WWW-Authenticate"), ("429", "Retry-After"), ("503", "Retry-After")],
)
def test_a_status_tells_its_headers(status: str, header: str) -> None:
    assert {header, "X-Request-ID"} <= set(headers_of(status))
    assert header not in headers_of("200")


def test_a_form_has_no_null_and_says_what_is_needed() -> None:
    form: dict[str, Any] = {
        "properties": {
            "image": {"anyOf": [{"type": "string"}, {"type": "null"}], "x-needed": True},
            "size": {"type": "number", "default": 1},
        }
    }
    straighten(form)
    assert form["properties"]["image"] == {"type": "string"}
    assert form["properties"]["size"] == {"type": "number", "default": 1}
    assert form["required"] == ["image"]


def test_strangers_are_told_of_no_credentials_on_public_routes() -> None:
    operation = {"responses": {"200": {"description": "fine"}}}
    paths = {"/healthz": {"get": operation}, "/api/x": {"get": {**operation, "responses": {}}}}
    told = complete({"paths": paths})["paths"]
    assert told["/healthz"]["get"]["security"] == []
    assert 401 not in told["/healthz"]["get"]["responses"]
    assert 401 in told["/api/x"]["get"]["responses"]
