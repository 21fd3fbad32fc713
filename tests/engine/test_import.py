"""An image made of a tar: what the demo runs on machines without a registry."""

from __future__ import annotations

import io
import tarfile

import pytest

from hosts.engine.errors import EngineError
from hosts.engine.types import LABEL_CLUSTER
from tests.engine.world import CLUSTER, World, until
from tests.lab.images import root_layer

REF = "orchestra-import:1"


def small(text: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        entry = tarfile.TarInfo("hello")
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text))
    return out.getvalue()


def test_it_is_there_by_its_tag_without_a_digest(world: World) -> None:
    made = world.engine.import_image(small(b"one"), REF, changes=['CMD ["/hello"]', "EXPOSE 80"])
    assert (made.tags, made.digests, made.os) == ((REF,), (), "linux")
    assert made.id.startswith("sha256:")
    assert world.engine.image(REF) == made
    assert made.id in {image.id for image in world.engine.images()}


def test_the_tag_moves_to_what_is_imported_last(world: World) -> None:
    first = world.engine.import_image(small(b"one"), REF)
    second = world.engine.import_image(small(b"two"), REF)
    assert first.id != second.id
    assert world.engine.image(REF).id == second.id


def test_it_runs_as_its_changes_say(world: World) -> None:
    world.engine.import_image(root_layer(), REF, changes=['CMD ["/bin/act", "wait"]', "ENV PATH=/bin"])
    world.engine.create("imported", {"Image": REF, "Labels": {LABEL_CLUSTER: CLUSTER}, "HostConfig": {}})
    world.engine.start("imported")
    assert until(lambda: world.engine.inspect("imported").state == "running")
    world.engine.remove("imported")


def test_what_is_no_tar_is_refused(world: World) -> None:
    with pytest.raises(EngineError) as caught:
        world.engine.import_image(b"this is no tar" * 100, "orchestra-import:bad")
    assert caught.value.words
