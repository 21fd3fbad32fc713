"""Log in and out with a session, as the console does: cookie, CSRF, origin, and the back-off of wrong passwords."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from core.accounts.models import LoginThrottle, User
from core.accounts.throttle import PER_NAME
from core.events.models import Event
from tests.api.conftest import Person

GOOD = {"username": "olga", "password": "olga-long-password"}
BAD = {"username": "olga", "password": "wrong"}


def test_a_login_gives_a_session_that_me_knows(owner: Person, nobody: APIClient) -> None:
    answer = nobody.post("/api/v1/login", GOOD, format="json")
    assert answer.status_code == 200
    me = nobody.get("/api/v1/me")
    assert me.json()["username"] == "olga"
    assert me.json()["projects"] == [{"name": "shop", "role": "owner"}]
    assert me.json()["is_admin"] is False
    assert Event.objects.filter(kind="user.login", actor="user:olga").count() == 1


def test_a_session_needs_the_csrf_token_for_unsafe_methods(owner: Person, nobody: APIClient) -> None:
    csrf = nobody.post("/api/v1/login", GOOD, format="json").json()["csrf"]
    refused = nobody.post("/api/v1/logout")
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf-failed")
    assert nobody.post("/api/v1/logout", headers={"X-CSRFToken": csrf}).status_code == 204
    assert nobody.get("/api/v1/me").status_code == 401


def test_a_wrong_password_and_an_unknown_name_look_alike(owner: Person, nobody: APIClient) -> None:
    wrong = nobody.post("/api/v1/login", BAD, format="json")
    unknown = nobody.post("/api/v1/login", {**BAD, "username": "nemo"}, format="json")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json()["detail"] == unknown.json()["detail"]


def test_an_inactive_user_stays_out(owner: Person, nobody: APIClient) -> None:
    User.objects.filter(username="olga").update(is_active=False)
    assert nobody.post("/api/v1/login", GOOD, format="json").status_code == 401
    assert owner.get("/me").status_code == 401


def test_a_foreign_page_cannot_log_anybody_in(owner: Person, nobody: APIClient) -> None:
    foreign = nobody.post("/api/v1/login", GOOD, format="json", headers={"Origin": "https://evil.example"})
    assert (foreign.status_code, foreign.json()["code"]) == (403, "origin-foreign")
    form = nobody.post("/api/v1/login", "username=olga", content_type="application/x-www-form-urlencoded")
    assert form.status_code == 415
    own = nobody.post("/api/v1/login", GOOD, format="json", headers={"Origin": "http://testserver"})
    assert own.status_code == 200


def test_wrong_passwords_are_slowed_down_even_for_the_right_one(owner: Person, nobody: APIClient) -> None:
    for _ in range(PER_NAME.free):
        assert nobody.post("/api/v1/login", BAD, format="json").status_code == 401
    blocked = nobody.post("/api/v1/login", GOOD, format="json")
    assert (blocked.status_code, blocked.json()["code"]) == (429, "too-many-logins")
    assert int(blocked["Retry-After"]) >= 1


def test_the_wait_doubles_and_ends(owner: Person, nobody: APIClient) -> None:
    waits = []
    for _ in range(PER_NAME.free + 3):
        LoginThrottle.objects.update(blocked_until=timezone.now() - timedelta(hours=1))
        nobody.post("/api/v1/login", BAD, format="json")
        row = LoginThrottle.objects.get(key__startswith="name:")
        waits.append(round((row.blocked_until - row.last_try_at).total_seconds()))
    assert waits[-4:] == [1, 2, 4, 8]
    LoginThrottle.objects.update(blocked_until=timezone.now() - timedelta(hours=1))
    assert nobody.post("/api/v1/login", GOOD, format="json").status_code == 200
    assert not LoginThrottle.objects.filter(key__startswith="name:").exists()


def test_one_address_cannot_try_many_names(owner: Person, nobody: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    LoginThrottle.objects.create(
        key="address:127.0.0.1",
        failures=60,
        last_try_at=timezone.now(),
        blocked_until=timezone.now() + timedelta(hours=1),
    )
    assert nobody.post("/api/v1/login", GOOD, format="json").status_code == 429


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"username": "olga"}, "/password"),
        ({"username": ["olga"], "password": "x"}, "/username"),
        ({**GOOD, "passwort": "x"}, "/passwort"),
    ],
)
def test_a_wrong_body_names_the_field(db: None, nobody: APIClient, body: object, pointer: str) -> None:
    answer = nobody.post("/api/v1/login", body, format="json")
    assert answer.status_code == 400
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
