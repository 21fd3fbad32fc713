"""Images: looked up, resolved, pulled by tag and digest, and every way in which that fails."""

from __future__ import annotations

import pytest

from hosts.engine.errors import ImageMissing, RegistryError
from hosts.engine.fake.fleet import repository
from hosts.engine.types import PullProgress
from tests.engine.world import FakeWorld, World


def test_a_pull_tells_its_progress_and_what_it_brought(world: World) -> None:
    ref = world.image("big:1")
    world.forget_image("act:1")  # shares a layer
    world.forget_image("big:1")
    told: list[PullProgress] = []
    pulled = world.engine.pull(ref, progress=told.append)
    assert pulled.id.startswith("sha256:")
    assert pulled.tags == (ref,)
    assert len(pulled.digests) == 1
    assert pulled.size_bytes > 1_000_000
    assert (pulled.os, world.engine.image(ref)) == ("linux", pulled)
    assert len(told) >= 4
    assert [p.layers_done for p in told] == sorted(p.layers_done for p in told)
    last = told[-1]
    assert last.layers == last.layers_done > 0
    assert last.bytes_now == last.bytes_total > 1_000_000
    assert any(0 < p.bytes_now < last.bytes_total for p in told)


def test_a_tag_resolves_to_the_digest_that_a_pull_brings(world: World) -> None:
    ref = world.image("act:1")
    resolved = world.engine.resolve(ref)
    assert resolved.digest.startswith("sha256:")
    assert resolved.architectures == ("amd64",)
    by_digest = f"{repository(ref)}@{resolved.digest}"
    world.forget_image("act:1")
    pulled = world.engine.pull(by_digest)
    assert pulled.digests == (by_digest,)
    assert world.engine.image(by_digest).id == pulled.id == world.engine.pull(ref).id
    assert world.engine.resolve(by_digest) == resolved
    assert world.engine.resolve(world.image("act:2")).digest != resolved.digest


def test_the_architecture_is_told_before_and_after(world: World) -> None:
    ref = world.image("foreign:1")
    assert world.engine.resolve(ref).architectures == ("s390x",)
    assert world.engine.pull(ref).architecture == "s390x"


def test_images_lists_what_is_there(world: World) -> None:
    world.forget_image("act:1")
    assert world.image("act:1") not in {tag for image in world.engine.images() for tag in image.tags}
    pulled = world.engine.pull(world.image("act:1"))
    (found,) = [image for image in world.engine.images() if image.id == pulled.id]
    assert found.tags == pulled.tags
    assert found.digests == pulled.digests


def test_an_image_that_is_nowhere(world: World) -> None:
    ref = f"{world.registry()}/lab/nowhere:1"
    for call in (world.engine.image, world.engine.resolve, world.engine.pull):
        with pytest.raises(ImageMissing) as caught:
            call(ref)
        assert caught.value.words
    with pytest.raises(ImageMissing):
        world.engine.pull(f"{repository(world.image('act:1'))}:no-such-tag")


def test_a_registry_that_does_not_answer(world: World) -> None:
    if isinstance(world, FakeWorld):
        world.host.fleet.registry_down = "dial tcp: connection refused"
    ref = f"{world.registry()[:-4]}5001/lab/act:1"
    for call in (world.engine.resolve, world.engine.pull):
        with pytest.raises(RegistryError, match="refused"):
            call(ref)


def test_a_progress_that_raises_ends_the_pull(world: World) -> None:
    ref = world.image("big:1")
    world.forget_image("big:1")

    def stop(progress: PullProgress) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        world.engine.pull(ref, progress=stop)
    assert world.engine.pull(ref).tags == (ref,)
