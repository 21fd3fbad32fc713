"""Every refusal is problem+json with a code, a request id and pointers; every body has limits."""

import json

import pytest
from rest_framework.test import APIClient

from core.api.parsers import BODY_BYTES
from tests.api.conftest import Person

SHAPE = {"type", "title", "status", "code", "detail", "request_id", "errors"}


@pytest.mark.parametrize(
    ("raw", "status", "code", "says"),
    [
        ('{"name": "a",}', 400, "json-invalid", "line 1, column 14"),
        ("", 400, "invalid", "name"),
        ("{", 400, "json-invalid", "line 1, column 2"),
        ('{"name": NaN}', 400, "json-invalid", "NaN"),
        ('{"name": 1e999}', 400, "json-invalid", "too large"),
        ("[" * 100_000, 400, "json-invalid", "nested"),
        ("9" * 5000, 400, "json-invalid", "digits"),
        (b'{"name": "\xff"}', 400, "json-invalid", "UTF-8"),
        ('{"name": "a\\u0000"}', 400, "invalid", "NUL"),
        ('{"name": "\\ud800"}', 400, "invalid", "surrogate"),
        ("[]", 400, "invalid", "dictionary"),
        (json.dumps({"name": "x" * BODY_BYTES}), 413, "body-too-large", "1048576"),
    ],
)
def test_a_body_we_cannot_take_is_explained(admin: Person, raw: bytes | str, status: int, code: str, says: str) -> None:
    answer = admin.client.post("/api/v1/projects", raw, content_type="application/json")
    body = answer.json()
    assert (answer.status_code, body["code"], body["status"]) == (status, code, status)
    assert says in body["detail"]
    assert set(body) == SHAPE
    assert answer["Content-Type"] == "application/problem+json"


def test_the_pointer_leads_to_the_unkeepable_text(admin: Person) -> None:
    answer = admin.client.post("/api/v1/projects", '{"a/b": [1, "\\u0000"]}', content_type="application/json")
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/a~1b/1"]


def test_request_ids_are_given_kept_and_told(admin: Person) -> None:
    given = admin.get("/nowhere-under-projects", **{"X-Request-Id": "abc-12345678"})
    assert given["X-Request-Id"] == "abc-12345678"
    refused = admin.post("/projects", {}, X_Request_Id='"><script>')
    assert refused.json()["request_id"] == refused["X-Request-Id"]
    assert len(refused["X-Request-Id"]) == 32


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("get", "/api/v1/logout", 405, "method-not-allowed"),
        ("get", "/api/v1/projects/none/members", 404, "not-found"),
        ("get", "/api/v1/no/such/route", 404, "not-found"),
        ("post", "/api/v1/no/such/route", 404, "not-found"),
    ],
)
def test_what_is_not_there_is_a_problem_too(admin: Person, method: str, path: str, status: int, code: str) -> None:
    admin.client.handler.enforce_csrf_checks = True
    answer = getattr(admin.client, method)(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"


def test_without_credentials_it_is_401(db: None) -> None:
    for path in ("/api/v1/me", "/api/v1/projects", "/api/v1/tokens", "/api/v1/projects/shop/members"):
        answer = APIClient().get(path)
        assert (answer.status_code, answer.json()["code"]) == (401, "not-authenticated"), path
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_what_is_not_json_is_refused(admin: Person) -> None:
    answer = admin.client.post("/api/v1/projects", "name=a", content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")


def test_every_answer_bears_the_security_headers(admin: Person) -> None:
    for path in ("/api/v1/me", "/api/v1/logout"):
        answer = admin.client.get(path)
        assert "script-src 'self'" in answer["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "no-store"


def test_the_browsable_api_shows_a_page_without_inline_scripts(admin: Person) -> None:
    page = admin.client.get("/api/v1/projects", headers={"Accept": "text/html"})
    assert page.status_code == 200
    text = page.content.decode()
    assert "/static/rest_framework/" in text
    assert "<script>" not in text
    assert "cdn" not in text.lower()
