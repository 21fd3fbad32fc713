"""One Idempotency-Key: one effect, one answer, in any order and under any race (I6)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event as Flag

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core.accounts.models import ApiToken, IdempotencyRecord, Membership, Project, User
from core.accounts.roles import Role
from core.lib.vault import open_sealed
from tests.api.conftest import Person, person_of


def test_the_same_request_again_gives_the_same_answer(admin: Person) -> None:
    first = admin.post("/projects", {"name": "a"}, Idempotency_Key="k1")
    second = admin.post("/projects", {"name": "a"}, Idempotency_Key="k1")
    assert first.status_code == second.status_code == 201
    assert second.json() == first.json()
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert Project.objects.filter(name="a").count() == 1


def test_the_kept_answer_is_sealed(admin: Person) -> None:
    admin.post("/projects", {"name": "secret-name"}, Idempotency_Key="k1")
    assert b"secret-name" not in bytes(IdempotencyRecord.objects.get().answer or b"")


def test_the_text_of_a_token_is_not_kept(admin: Person) -> None:
    first = admin.post("/tokens", {"name": "ci"}, Idempotency_Key="k1").json()
    assert first["token"] not in open_sealed(bytes(IdempotencyRecord.objects.get().answer or b""))
    assert admin.post("/tokens", {"name": "ci"}, Idempotency_Key="k1").json() == {**first, "token": ""}
    assert ApiToken.objects.filter(name="ci").count() == 1


def test_one_token_does_not_get_what_another_was_told(admin: Person) -> None:
    admin.post("/projects", {"name": "a"}, Idempotency_Key="k1")
    answer = person_of(admin.user, Role.VIEWER).post("/projects", {"name": "a"}, Idempotency_Key="k1")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")


def test_who_has_left_the_project_gets_no_kept_answer(operator: Person, shop: Project) -> None:
    spec, path = {"name": "web", "image": "nginx:1"}, "/projects/shop/containers"
    assert operator.post(path, spec, Idempotency_Key="k1").status_code == 201
    assert operator.post(path, spec, Idempotency_Key="k1").status_code == 201
    Membership.objects.filter(user=operator.user, project=shop).delete()
    assert operator.post(path, spec, Idempotency_Key="k1").status_code == 404


def test_another_body_or_another_route_is_refused(admin: Person) -> None:
    admin.post("/projects", {"name": "a"}, Idempotency_Key="k1")
    for path, body in (("/projects", {"name": "b"}), ("/tokens", {"name": "a"})):
        answer = admin.post(path, body, Idempotency_Key="k1")
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")
    assert not Project.objects.filter(name="b").exists()


def test_keys_belong_to_their_user(owner: Person, viewer: Person) -> None:
    one = owner.post("/tokens", {"name": "ci"}, Idempotency_Key="same").json()
    two = viewer.post("/tokens", {"name": "ci"}, Idempotency_Key="same").json()
    assert one["id"] != two["id"]


def test_a_refused_request_does_not_use_up_its_key(admin: Person) -> None:
    Project.objects.create(name="a")
    assert admin.post("/projects", {"name": "a"}, Idempotency_Key="k1").status_code == 409
    assert not IdempotencyRecord.objects.exists()
    Project.objects.filter(name="a").delete()
    assert admin.post("/projects", {"name": "a"}, Idempotency_Key="k1").status_code == 201


def test_after_a_day_the_key_is_forgotten(admin: Person) -> None:
    admin.post("/projects", {"name": "a"}, Idempotency_Key="k1")
    IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert admin.post("/projects", {"name": "b"}, Idempotency_Key="k1").status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "x" * 201, "ä"])
def test_a_malformed_key_is_refused(admin: Person, key: str) -> None:
    answer = admin.post("/projects", {"name": "a"}, Idempotency_Key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-invalid")


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_have_one_effect_and_one_answer() -> None:
    admin = person_of(User.objects.create_superuser("ada", password="x"))

    def post(_: int) -> tuple[int, int]:
        try:
            answer = admin.post("/tokens", {"name": "race"}, Idempotency_Key="k1")
            return answer.status_code, answer.json().get("id", 0)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(post, range(20)))
    assert ApiToken.objects.filter(name="race").count() == 1
    assert answers == {(201, ApiToken.objects.get(name="race").pk)}


@pytest.mark.django_db(transaction=True)
def test_while_the_first_still_runs_the_second_is_told_so() -> None:
    admin = person_of(User.objects.create_superuser("ada", password="x"))
    taken, done = Flag(), Flag()

    def hold() -> None:
        try:
            with transaction.atomic():
                IdempotencyRecord.objects.create(user=admin.user, key="k1", target="POST /x", body_hash="")
                taken.set()
                with connection.cursor() as cursor:
                    while not done.wait(0.2):
                        cursor.execute("SELECT 1")  # else the database ends the idle transaction
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        holder = pool.submit(hold)
        assert taken.wait(5)
        answer = admin.post("/projects", {"name": "a"}, Idempotency_Key="k1")
        done.set()
        holder.result()
    assert (answer.status_code, answer.json()["code"]) == (409, "in-progress")
    assert answer["Retry-After"] == "1"
    assert not Project.objects.filter(name="a").exists()
