"""Images of registries that want a login: had with the project's own credentials, never through another project's."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from containers import registries
from containers.agent.plan import Do
from containers.models import Container
from containers.registries import Login, Trial
from core.accounts.models import Project
from hosts.engine.errors import RegistryError
from tests import rows
from tests.agent.conftest import Bench

HOST = "private.test:5000"
IMAGE = f"{HOST}/shop/web:1"
SECRET = "a-secret-that-stands-nowhere"
Bring = Callable[..., Container]


@pytest.fixture
def shop(bench: Bench) -> Project:
    """It has credentials for a registry that wants some."""
    made = Project.objects.create(name="shop")
    keep(made)
    fleet = bench.fake.fleet
    fleet.logins[HOST] = {"shopper": SECRET}
    fleet.publish(IMAGE)
    return made


@pytest.fixture
def other(bench: Bench) -> Project:
    return Project.objects.create(name="other")


@pytest.fixture
def bring(bench: Bench) -> Bring:
    def up(project: Project, image: str = IMAGE, **spec: Any) -> Container:
        row = rows.slot(image=image, command=["act", "wait"], project=project, **spec)
        assert rows.bind(row, bench.host)
        return bench.do(Do.BRING_UP, row)

    return up


def keep(project: Project, password: str = SECRET) -> None:
    registries.save(project, Login(HOST, "shopper", password), Trial(True, "as a test says"), actor="user:test")


def by_digest(bench: Bench) -> str:
    return next(iter(bench.fake.fleet.published[IMAGE].digests))


def test_the_projects_credentials_resolve_and_pull(bench: Bench, shop: Project, bring: Bring) -> None:
    row = bring(shop)
    assert (row.status, row.image_digest) == ("running", by_digest(bench).partition("@")[2])
    assert bench.fake.calls["pull"] == 1


def test_without_credentials_the_words_say_what_to_do(other: Project, shop: Project, bring: Bring) -> None:
    row = bring(other)
    assert (row.status, row.reason) == ("failed", "registry-denied")
    assert f"credentials for {HOST}" in row.message
    assert "no basic auth credentials" in row.message


def test_wrong_credentials_are_refused_and_not_repeated(
    shop: Project, bring: Bring, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    keep(shop, "wrong-one")
    row = bring(shop)
    assert (row.status, row.reason) == ("failed", "registry-denied")
    assert "wrong-one" not in row.message + caplog.text
    keep(shop)
    assert bring(shop).status == "running"  # no answer to the old credentials is remembered against the new


@pytest.mark.parametrize("form", ["tag", "digest"])
def test_an_image_that_is_here_is_not_another_projects(
    bench: Bench, shop: Project, other: Project, bring: Bring, form: str
) -> None:
    """Pulled with one project's credentials a moment ago: present, resolved, in every cache."""
    assert bring(shop).status == "running"
    row = bring(other, IMAGE if form == "tag" else by_digest(bench))
    assert (row.status, row.reason, row.image_id) == ("failed", "registry-denied", "")


@pytest.mark.parametrize("form", ["tag", "digest"])
def test_nor_when_the_registry_cannot_be_asked(
    bench: Bench, shop: Project, other: Project, bring: Bring, form: str
) -> None:
    """Nor after the credentials are gone. The project that was shown the image goes on with what is here."""
    assert bring(shop).status == "running"
    registries.remove(shop.registries.get(), actor="user:test")
    bench.fake.fleet.registry_down = "dial tcp: connection refused"
    image = IMAGE if form == "tag" else by_digest(bench)
    row = bring(other, image)
    assert (row.status, row.reason) == ("failed", "registry")
    assert bring(shop, image).status == "running"


def test_nor_when_the_registry_says_there_is_no_such_image(
    bench: Bench, shop: Project, other: Project, bring: Bring
) -> None:
    """Public registries say so of private images."""
    assert bring(shop).status == "running"
    bench.fake.fleet.logins.clear()
    bench.fake.fleet.published.pop(IMAGE)
    assert (bring(other).status, bring(other).reason) == ("failed", "image-missing")


def test_another_project_with_credentials_of_its_own_shares_the_image(
    bench: Bench, shop: Project, other: Project, bring: Bring
) -> None:
    keep(other)
    assert [bring(shop).status, bring(other).status] == ["running", "running"]
    assert (bench.fake.calls["resolve"], bench.fake.calls["pull"]) == (2, 1)


def test_a_pinned_attempt_needs_no_registry(bench: Bench, shop: Project, bring: Bring) -> None:
    """What crashed comes back although the registry is away: its digest was shown to the project."""
    row = bring(shop)
    bench.fake.fleet.registry_down = "dial tcp: connection refused"
    again = rows.slot(image=IMAGE, command=["act", "wait"], project=shop)
    again.image_digest = row.image_digest
    again.refresh_from_db(fields=["status"])
    assert bench.desk.provide(bench.hands, again).ref == by_digest(bench)


def test_an_answer_about_one_image_is_not_held_against_the_others(bench: Bench, shop: Project, bring: Bring) -> None:
    bench.fake.fail("resolve", RegistryError("received unexpected HTTP status: 500 Internal Server Error"))
    bench.fake.fleet.publish(other := f"{HOST}/shop/api:1")
    assert [bring(shop).reason, bring(shop, other).status] == ["registry", "running"]


def test_a_silent_registry_is_remembered_per_asker(bench: Bench, shop: Project, other: Project, bring: Bring) -> None:
    bench.fake.fail("resolve", RegistryError("no such host"))
    assert [bring(shop).reason, bring(shop).reason] == ["registry", "registry"]
    assert bench.fake.calls["resolve"] == 1
    keep(other)
    assert bring(other).status == "running"
