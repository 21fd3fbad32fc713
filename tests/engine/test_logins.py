"""Registries that want a login: credentials checked, used for resolve and pull, and never repeated in an error."""

from __future__ import annotations

from base64 import b64encode

import pytest

from hosts.engine.docker.faults import hushed
from hosts.engine.errors import EngineError, ImageMissing, RegistryDenied, RegistryError
from tests.engine.world import FakeWorld, World
from tests.lab.registry import LOGIN


def login(registry: str, *, username: str = LOGIN[0], password: str = LOGIN[1]) -> dict[str, str]:
    return {"username": username, "password": password, "serveraddress": registry}


def test_credentials_that_are_right_and_that_are_wrong(world: World) -> None:
    registry = world.private_image("act:2").partition("/")[0]
    world.engine.check_login(login(registry))
    for wrong in (login(registry, password="not-this-one"), login(registry, username="nobody")):
        with pytest.raises(RegistryDenied) as caught:
            world.engine.check_login(wrong)
        assert "401" in caught.value.words
        assert wrong["password"] not in caught.value.words
    world.engine.check_login(login(registry))


def test_a_registry_that_wants_no_login_takes_any(world: World) -> None:
    world.engine.check_login(login(world.registry()))


def test_a_registry_that_does_not_answer_is_no_denial(world: World) -> None:
    if isinstance(world, FakeWorld):
        world.host.fleet.registry_down = "dial tcp: connection refused"
    with pytest.raises(RegistryError, match="refused") as caught:
        world.engine.check_login(login(f"{world.registry()[:-4]}5001"))
    assert not isinstance(caught.value, RegistryDenied)


def test_a_private_image_is_had_with_credentials_only(world: World) -> None:
    ref = world.private_image("act:2")
    auth, wrong = login(ref.partition("/")[0]), login(ref.partition("/")[0], password="not-this-one")
    for call in (world.engine.resolve, world.engine.pull):
        for given in (None, wrong):
            with pytest.raises(RegistryDenied):
                call(ref, auth=given)
    with pytest.raises(ImageMissing):
        world.engine.image(ref)
    resolved = world.engine.resolve(ref, auth=auth)
    assert world.engine.pull(ref, auth=auth).digests == (f"{ref.rpartition(':')[0]}@{resolved.digest}",)
    with pytest.raises(ImageMissing):
        world.engine.resolve(f"{ref}-not-there", auth=auth)


@pytest.mark.parametrize("echo", [LOGIN[1], b64encode(":".join(LOGIN).encode()).decode()])
def test_a_registry_that_repeats_the_password_is_not_repeated(echo: str) -> None:
    with pytest.raises(EngineError) as caught, hushed(login("r:1")):
        raise RegistryDenied(f"denied: you sent {echo}, really")
    assert (type(caught.value), caught.value.words) == (RegistryDenied, "denied: you sent ***, really")
    assert caught.value.__cause__ is None
