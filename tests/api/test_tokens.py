"""API tokens: shown once, kept hashed, capped by role and project, expiring, revocable by their owner only."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from core.accounts.models import ApiToken, Project, User
from core.accounts.tokens import digest_of
from core.events.models import Event
from tests.api.conftest import Person


def speak(text: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


def test_a_token_is_shown_once_and_kept_as_a_hash(owner: Person) -> None:
    made = owner.post("/tokens", {"name": "ci", "role": "viewer"})
    assert made.status_code == 201
    text = made.json()["token"]
    row = ApiToken.objects.get(pk=made.json()["id"])
    assert bytes(row.digest) == digest_of(text)
    assert text.startswith(row.prefix)
    assert "token" not in owner.get("/tokens").json()[0]
    assert Event.objects.filter(kind="token.created", object_id=str(row.pk)).exists()
    assert text not in "".join(Event.objects.values_list("message", flat=True))


def test_a_token_never_gives_more_than_its_role_or_than_its_owner_has(owner: Person, viewer: Person) -> None:
    capped = speak(owner.post("/tokens", {"name": "read", "role": "viewer"}).json()["token"])
    assert capped.get("/api/v1/me").json()["projects"] == [{"name": "shop", "role": "viewer"}]
    assert capped.put("/api/v1/projects/shop/members/vera", {"role": "owner"}, format="json").status_code == 403
    boasting = speak(viewer.post("/tokens", {"name": "boast", "role": "admin"}).json()["token"])
    assert boasting.get("/api/v1/me").json() | {"csrf": ""} == {
        "username": "vera",
        "is_admin": False,
        "simulated": True,
        "projects": [{"name": "shop", "role": "viewer"}],
        "csrf": "",
    }


def test_an_admins_token_is_admin_only_when_made_so(admin: Person, shop: Project, other: Project) -> None:
    full = speak(admin.post("/tokens", {"name": "all", "role": "admin"}).json()["token"])
    assert full.post("/api/v1/projects", {"name": "a"}, format="json").status_code == 201
    for body in ({"name": "less", "role": "owner"}, {"name": "one", "role": "admin", "project": "shop"}):
        less = speak(admin.post("/tokens", body).json()["token"])
        assert less.get("/api/v1/me").json()["is_admin"] is False
        assert less.post("/api/v1/projects", {"name": "b"}, format="json").status_code == 403


def test_a_projects_token_knows_no_other_project(admin: Person, shop: Project, other: Project) -> None:
    one = speak(admin.post("/tokens", {"name": "one", "role": "owner", "project": "shop"}).json()["token"])
    assert [row["name"] for row in one.get("/api/v1/projects").json()] == ["shop"]
    assert one.get("/api/v1/projects/shop/members").status_code == 200
    assert one.get("/api/v1/projects/other/members").status_code == 404


def test_a_token_cannot_make_a_stronger_one(owner: Person, shop: Project, other: Project) -> None:
    capped = speak(owner.post("/tokens", {"name": "op", "role": "operator", "project": "shop"}).json()["token"])
    for body in ({"name": "x", "role": "owner", "project": "shop"}, {"name": "x", "role": "viewer"}):
        assert capped.post("/api/v1/tokens", body, format="json").status_code == 403
    assert (
        capped.post("/api/v1/tokens", {"name": "x", "role": "viewer", "project": "shop"}, format="json").status_code
        == 201
    )


@pytest.mark.parametrize("days", [None, 9])
def test_a_tokens_tokens_do_not_outlive_it(owner: Person, days: int | None) -> None:
    short = owner.post("/tokens", {"name": "short", "expires_in_days": 1}).json()
    child = speak(short["token"]).post("/api/v1/tokens", {"name": "x", "expires_in_days": days}, format="json").json()
    assert child["expires_at"] == short["expires_at"]
    shorter = owner.post("/tokens", {"name": "x", "expires_in_days": days}).json()  # of one without an end
    assert (shorter["expires_at"] is None) is (days is None)


def test_a_token_revokes_itself_and_no_other(owner: Person) -> None:
    one, two = (owner.post("/tokens", {"name": name}).json() for name in ("one", "two"))
    client = speak(one["token"])
    refused = client.delete(f"/api/v1/tokens/{two['id']}")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert client.delete(f"/api/v1/tokens/{one['id']}").status_code == 204
    assert ApiToken.objects.filter(user=owner.user, name__in=["one", "two"]).get().name == "two"


def test_expired_revoked_and_invented_tokens_are_401(owner: Person) -> None:
    made = owner.post("/tokens", {"name": "ci", "expires_in_days": 1}).json()
    client = speak(made["token"])
    assert client.get("/api/v1/me").status_code == 200
    assert ApiToken.objects.get(pk=made["id"]).last_used_at is not None
    ApiToken.objects.filter(pk=made["id"]).update(expires_at=timezone.now() - timedelta(seconds=1))
    refused = client.get("/api/v1/me")
    assert (refused.status_code, refused.json()["code"]) == (401, "not-authenticated")
    assert refused["WWW-Authenticate"].startswith("Bearer")
    ApiToken.objects.filter(pk=made["id"]).update(expires_at=None)
    assert client.get("/api/v1/me").status_code == 200
    browser = APIClient()
    browser.force_authenticate(User.objects.get(pk=owner.user.pk))
    assert browser.delete(f"/api/v1/tokens/{made['id']}").status_code == 204
    assert client.get("/api/v1/me").status_code == 401
    assert speak("orc_invented").get("/api/v1/me").status_code == 401


def test_a_strangers_token_is_not_found(owner: Person, stranger: Person, admin: Person) -> None:
    made = owner.post("/tokens", {"name": "ci"}).json()
    assert stranger.delete(f"/tokens/{made['id']}").status_code == 404
    assert admin.delete(f"/tokens/{made['id']}").status_code == 404
    assert all(row["id"] != made["id"] for row in stranger.get("/tokens").json())


def test_a_token_for_a_foreign_project_is_not_found(stranger: Person, shop: Project) -> None:
    assert stranger.post("/tokens", {"name": "x", "project": "shop"}).status_code == 404


def test_a_refused_body_names_each_field(owner: Person) -> None:
    answer = owner.post("/tokens", {"role": "king", "expires_in_days": 0, "nam": "ci"})
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert "did you mean name?" in answer.json()["detail"]


def test_the_list_takes_the_same_queries_for_many(owner: Person, shop: Project, django_assert_num_queries: Any) -> None:
    for number in range(10):
        owner.post("/tokens", {"name": f"t{number}", "project": "shop", "role": "viewer"})
    with django_assert_num_queries(2):  # token, tokens
        assert len(owner.get("/tokens").json()) == 11
