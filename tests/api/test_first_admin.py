"""The first admin's link: once, for an hour, only while there is no admin."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from core.accounts import first_admin
from core.accounts.models import OneTimeLink, User

PERSON = {"username": "ada", "password": "correct horse battery"}


def test_the_link_makes_an_admin_who_is_logged_in(db: None, nobody: APIClient) -> None:
    answer = nobody.post("/api/v1/first-admin", {"token": first_admin.make_link(), **PERSON}, format="json")
    assert answer.status_code == 201
    assert answer.json()["is_admin"] is True
    me = nobody.get("/api/v1/me").json()
    assert me["username"] == "ada"
    assert {"name": "default", "role": "admin"} in me["projects"]


def test_a_link_works_once_and_never_beside_an_admin(db: None, nobody: APIClient) -> None:
    token = first_admin.make_link()
    assert nobody.post("/api/v1/first-admin", {"token": token, **PERSON}, format="json").status_code == 201
    again = nobody.post("/api/v1/first-admin", {"token": token, **PERSON, "username": "eve"}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "admin-exists")
    User.objects.all().delete()
    used = nobody.post("/api/v1/first-admin", {"token": token, **PERSON}, format="json")
    assert (used.status_code, used.json()["code"]) == (403, "link-invalid")


def test_an_old_or_replaced_or_invented_link_is_refused(db: None, nobody: APIClient) -> None:
    replaced, old = first_admin.make_link(), first_admin.make_link()
    OneTimeLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    for token in (replaced, old, "orc_invented"):
        answer = nobody.post("/api/v1/first-admin", {"token": token, **PERSON}, format="json")
        assert (answer.status_code, answer.json()["code"]) == (403, "link-invalid")


def test_a_weak_password_does_not_use_up_the_link(db: None, nobody: APIClient) -> None:
    token = first_admin.make_link()
    weak = nobody.post("/api/v1/first-admin", {"token": token, "username": "a b", "password": "123"}, format="json")
    assert weak.status_code == 400
    assert {one["pointer"] for one in weak.json()["errors"]} == {"/username", "/password"}
    assert nobody.post("/api/v1/first-admin", {"token": token, **PERSON}, format="json").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_of_racing_redeemers_one_wins() -> None:
    token = first_admin.make_link()

    def redeem(number: int) -> int:
        try:
            body = {"token": token, "username": f"ada{number}", "password": PERSON["password"]}
            status = 503
            for _ in range(5):
                status = int(APIClient().post("/api/v1/first-admin", body, format="json").status_code)
                if status != 503:  # a database that is busy is asked again, as the answer says
                    break
            return status
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(redeem, range(6)))
    assert statuses == [201, 409, 409, 409, 409, 409]
    assert User.objects.filter(is_superuser=True).count() == 1
