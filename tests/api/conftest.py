"""The people of the API tests: an admin, the three roles of project `shop`, and a stranger who owns project `other`.

Each speaks with an API token over the real road (middleware, authentication, scoped loader). Sessions have their
own tests.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib import admin as django_admin
from django.db import connection
from rest_framework.test import APIClient

from core.accounts.actions import make_token
from core.accounts.models import Membership, Project, User
from core.accounts.roles import Role

django_admin.autodiscover()  # as orchestra.urls does: the tests ask the site for its pages when they are collected


@dataclass
class Person:
    """A user and a client that speaks with that user's token."""

    user: User
    client: APIClient = field(default_factory=APIClient)

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1{path}", headers=headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.client.post(f"/api/v1{path}", body, format="json", headers=_dashed(headers))

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.client.patch(f"/api/v1{path}", body, format="json", headers=_dashed(headers))

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.client.put(f"/api/v1{path}", body, format="json", headers=_dashed(headers))

    def delete(self, path: str, **headers: str) -> Any:
        return self.client.delete(f"/api/v1{path}", headers=_dashed(headers))


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def person_of(user: User, role: Role = Role.ADMIN) -> Person:
    _, text = make_token(user, name="tests", role=role, project=None, expires_at=None)
    person = Person(user)
    person.client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return person


@pytest.fixture(autouse=True)
def patient(request: pytest.FixtureRequest) -> None:
    """A test is one transaction: on a busy machine it may be idle for longer than a product's transaction ever is."""
    if "db" in request.fixturenames:
        request.getfixturevalue("db")
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '60s'")


@pytest.fixture
def shop(db: None) -> Project:
    return Project.objects.create(name="shop")


@pytest.fixture
def other(db: None) -> Project:
    return Project.objects.create(name="other")


@pytest.fixture
def member_of(db: None) -> Callable[[Project, Role, str], Person]:
    def make(project: Project, role: Role, name: str) -> Person:
        user = User.objects.create_user(name, password=f"{name}-long-password")
        Membership.objects.create(user=user, project=project, role=role)
        return person_of(user)

    return make


@pytest.fixture
def admin(db: None) -> Person:
    return person_of(User.objects.create_superuser("ada", password="ada-long-password"))


@pytest.fixture
def owner(shop: Project, member_of: Callable[[Project, Role, str], Person]) -> Person:
    return member_of(shop, Role.OWNER, "olga")


@pytest.fixture
def operator(shop: Project, member_of: Callable[[Project, Role, str], Person]) -> Person:
    return member_of(shop, Role.OPERATOR, "otto")


@pytest.fixture
def viewer(shop: Project, member_of: Callable[[Project, Role, str], Person]) -> Person:
    return member_of(shop, Role.VIEWER, "vera")


@pytest.fixture
def stranger(other: Project, member_of: Callable[[Project, Role, str], Person]) -> Person:
    return member_of(other, Role.OWNER, "stan")


@pytest.fixture
def nobody(db: None) -> APIClient:
    """A client without any credentials, which checks CSRF as a browser's requests are checked."""
    return APIClient(enforce_csrf_checks=True)
