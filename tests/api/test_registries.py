"""Credentials of registries: tested when saved, sealed, never shown again, changed by owners, unknown to strangers."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from containers import registries
from containers.models import Registry
from core.accounts.models import Project
from core.events.models import Event
from core.lib.problems import Problem
from core.lib.vault import VaultError
from hosts.engine.errors import Deadline, EngineDown
from hosts.engine.fake import FakeFleet, fake_host, fleet, forget
from hosts.models import Host
from tests.api.conftest import Person
from tests.api.specs import host_with_room

PATH = "/projects/shop/registries"
SECRET = "a-secret-that-stands-nowhere"
LOGIN = {"host": "registry.test:5000", "username": "shopper", "password": SECRET}


@pytest.fixture
def town(db: None) -> Iterator[FakeFleet]:
    """A reachable host whose engine reaches a registry that takes LOGIN alone."""
    forget("tests")
    host_with_room("h1")
    fleet("tests").logins[LOGIN["host"]] = {LOGIN["username"]: SECRET}
    yield fleet("tests")
    forget("tests")


def test_saved_credentials_are_tested_sealed_and_never_shown(town: FakeFleet, owner: Person, viewer: Person) -> None:
    made = owner.post(PATH, LOGIN)
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["host"], body["username"], body["test_ok"]) == ("registry.test:5000", "shopper", True)
    assert "h1" in body["test_message"]
    assert made["ETag"] == '"1"'
    assert viewer.get(PATH).json() == [body] == [viewer.get(f"{PATH}/{body['id']}").json()]
    row = Registry.objects.get()
    assert SECRET.encode() not in bytes(row.secret_sealed)
    event = Event.objects.get(kind="registry.saved")
    assert (event.actor, event.project_id, event.object_id) == ("user:olga", row.project_id, str(row.pk))
    assert SECRET not in repr(body) + "".join(f"{e.message} {e.data}" for e in Event.objects.all())
    credentials = registries.credentials_for(row.project_id, "registry.test:5000/shop/web:1")
    assert credentials is not None
    assert credentials.auth["password"] == SECRET
    assert SECRET not in repr(credentials) + repr(registries._opened(row))


def test_an_image_finds_the_credentials_of_its_registry_alone(town: FakeFleet, owner: Person, shop: Project) -> None:
    owner.post(PATH, {**LOGIN, "host": "https://index.docker.io/v1/"})
    assert Registry.objects.get().host == "docker.io"
    for image in ("nginx", "acme/web:1", "docker.io/acme/web"):
        found = registries.credentials_for(shop.pk, image)
        assert found is not None
        assert found.auth["serveraddress"] == "https://index.docker.io/v1/"
    assert registries.credentials_for(shop.pk, "registry.test:5000/web") is None


def test_a_refused_login_is_not_saved_unless_forced(town: FakeFleet, owner: Person) -> None:
    wrong = {**LOGIN, "password": "wrong-one"}
    refused = owner.post(PATH, wrong)
    assert refused.status_code == 400
    assert [(e["pointer"], e["code"]) for e in refused.json()["errors"]] == [("/password", "test-failed")]
    assert "401 Unauthorized" in refused.json()["detail"]
    assert "wrong-one" not in refused.content.decode()
    assert not Registry.objects.exists()
    forced = owner.post(PATH, {**wrong, "force": True})
    assert (forced.status_code, forced.json()["test_ok"]) == (201, False)
    assert "401" in forced.json()["test_message"]


def test_a_registry_that_does_not_answer_is_named_not_the_password(town: FakeFleet, owner: Person) -> None:
    town.registry_down = "dial tcp: connection refused"
    refused = owner.post(PATH, LOGIN)
    assert [e["pointer"] for e in refused.json()["errors"]] == ["/host"]
    assert "connection refused" in refused.json()["detail"]


def test_without_a_reachable_host_it_is_saved_untested_and_says_so(town: FakeFleet, owner: Person) -> None:
    Host.objects.update(reachable="lost")
    made = owner.post(PATH, LOGIN).json()
    assert (made["test_ok"], made["tested_at"]) == (None, None)
    assert "no host is reachable" in made["test_message"]


def test_an_engine_without_an_answer_says_nothing_about_the_registry(town: FakeFleet, owner: Person) -> None:
    host_with_room("h2")
    fake_host("fake://tests/h1").fail("check_login", EngineDown("Connection refused"))
    assert "from h2" in owner.post(PATH, LOGIN).json()["test_message"]
    fake_host("fake://tests/h1").fail("check_login", Deadline("slow"))
    slow = owner.post(PATH, LOGIN).json()
    assert slow["test_ok"] is None
    assert "answered in time" in slow["test_message"]
    assert fake_host("fake://tests/h2").calls["check_login"] == 1


def test_saving_again_replaces(town: FakeFleet, owner: Person, shop: Project) -> None:
    first = owner.post(PATH, LOGIN).json()
    before = registries.credentials_for(shop.pk, "registry.test:5000/web")
    town.logins[LOGIN["host"]] = {"other": "new-secret"}
    again = owner.post(PATH, {**LOGIN, "username": "other", "password": "new-secret"})
    assert again.status_code == 200
    assert (again.json()["id"], again.json()["generation"], again.json()["username"]) == (first["id"], 2, "other")
    after = registries.credentials_for(shop.pk, "registry.test:5000/web")
    assert before is not None
    assert after is not None
    assert (after.auth["password"], after.key) == ("new-secret", (first["id"], 2))
    assert after.key != before.key
    assert Event.objects.get(kind="registry.replaced").actor == "user:olga"


def test_testing_again_keeps_what_came_of_it(town: FakeFleet, owner: Person) -> None:
    made = owner.post(PATH, LOGIN).json()
    town.logins[LOGIN["host"]] = {LOGIN["username"]: "changed-over-there"}
    tested = owner.post(f"{PATH}/{made['id']}/test")
    assert (tested.status_code, tested.json()["test_ok"], tested.json()["generation"]) == (200, False, 1)
    assert Event.objects.get(kind="registry.tested").actor == "user:olga"
    row = Registry.objects.get()
    Registry.objects.update(generation=2)
    with pytest.raises(Problem, match="test them anew"):
        registries.keep_trial(row, registries.Trial(True, "late"), actor="user:olga")


def test_removing(town: FakeFleet, owner: Person, shop: Project) -> None:
    made = owner.post(PATH, LOGIN).json()
    assert owner.delete(f"{PATH}/{made['id']}", If_Match='"7"').status_code == 412
    assert owner.delete(f"{PATH}/{made['id']}", If_Match='"1"').status_code == 204
    assert owner.delete(f"{PATH}/{made['id']}").status_code == 404
    assert registries.credentials_for(shop.pk, "registry.test:5000/web") is None
    assert registries.is_guarded("registry.test:5000/web")  # its images stay on the engines
    assert not registries.is_guarded("elsewhere.test/web")
    assert Event.objects.get(kind="registry.removed").actor == "user:olga"


def test_one_key_one_effect_one_answer(town: FakeFleet, owner: Person) -> None:
    first = owner.post(PATH, LOGIN, Idempotency_Key="k1")
    town.registry_down = "gone since"
    again = owner.post(PATH, LOGIN, Idempotency_Key="k1")
    assert (again.status_code, again.json()) == (201, first.json())
    assert owner.post(PATH, {**LOGIN, "password": "x"}, Idempotency_Key="k1").status_code == 422
    assert Event.objects.filter(kind="registry.saved").count() == 1


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "169.254.7.7:5000",
        "[fe80::1]:5000",
        "[fd00:ec2::254]:80",
        "2852039166:80",
        "0xa9fea9fe:80",
        "metadata.google.internal",
        "shop",
        "registry.test/path",
        "user@registry.test:5000",
        "a b",
    ],
)
def test_hosts_that_are_refused(town: FakeFleet, owner: Person, host: str) -> None:
    refused = owner.post(PATH, {**LOGIN, "host": host, "force": True})
    assert (refused.status_code, [e["pointer"] for e in refused.json()["errors"]]) == (400, ["/host"])
    assert fake_host("fake://tests/h1").calls["check_login"] == 0


@pytest.mark.parametrize("change", [{"username": ""}, {"username": "a:b"}, {"password": ""}, {"pasword": "x"}])
def test_wrong_fields_are_named(town: FakeFleet, owner: Person, change: dict[str, str]) -> None:
    refused = owner.post(PATH, {**LOGIN, **change})
    assert [e["pointer"] for e in refused.json()["errors"]] == [f"/{next(iter(change))}"]
    assert SECRET not in refused.content.decode()


def test_sealed_text_opens_for_its_own_host_and_user_alone(town: FakeFleet, owner: Person, shop: Project) -> None:
    """Whoever may write rows cannot send a password to a registry of their own."""
    owner.post(PATH, LOGIN)
    Registry.objects.update(host="evil.test:5000")
    with pytest.raises(VaultError, match="another registry"):
        registries.credentials_for(shop.pk, "evil.test:5000/web")


def test_only_owners_change_and_strangers_find_nothing(
    town: FakeFleet, owner: Person, operator: Person, stranger: Person
) -> None:
    made = owner.post(PATH, LOGIN).json()
    one = f"{PATH}/{made['id']}"
    answers = [operator.post(PATH, LOGIN), operator.delete(one), operator.post(f"{one}/test")]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert operator.get(one).json() == made
    foreign = f"/projects/other/registries/{made['id']}"
    answers = [stranger.get(PATH), stranger.get(foreign), stranger.delete(foreign), stranger.post(f"{foreign}/test")]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert Registry.objects.count() == 1


def test_the_admin_lists_them_without_secrets_and_acts_with_events(
    town: FakeFleet, owner: Person, admin: Person
) -> None:
    made = owner.post(PATH, LOGIN).json()
    browser = Client()
    browser.force_login(admin.user)
    path = "/admin/containers/registry/"
    pages = browser.get(path).content + browser.get(f"{path}{made['id']}/change/").content
    sealed = bytes(Registry.objects.get().secret_sealed)
    assert b"registry.test:5000" in pages
    assert SECRET.encode() not in pages
    assert sealed[:40] not in pages
    for action, kind in (("test", "registry.tested"), ("remove", "registry.removed")):
        browser.post(path, {"action": action, "_selected_action": [made["id"]]})
        assert Event.objects.get(kind=kind).actor == "user:ada"
    assert not Registry.objects.exists()


def test_the_list_takes_the_same_queries_for_many(
    town: FakeFleet, owner: Person, django_assert_num_queries: Any
) -> None:
    for number in range(5):
        owner.post(PATH, {**LOGIN, "host": f"r{number}.test:5000"})
    with django_assert_num_queries(3):  # token, membership, registries
        listed = owner.get(PATH)
    assert len(listed.json()) == 5
    assert SECRET not in json.dumps(listed.json())
