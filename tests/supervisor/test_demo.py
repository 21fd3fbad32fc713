"""`manage.py demo`: the image from the machine's busybox, the container once, and clear words when it cannot be."""

import io
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from containers import demo
from containers.models import Container
from containers.states import Status
from containers.transitions import BoundPort
from core.accounts.models import cluster_id, default_project
from core.events.models import Event
from hosts.connect import engine_of
from hosts.engine.fake import fake_host, forget
from hosts.models import Host
from tests import rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def host() -> Iterator[Host]:
    forget("rows")
    yield rows.host("h1")
    forget("rows")


def run(wait_s: float = 0.0) -> str:
    out = io.StringIO()
    call_command("demo", f"--wait={wait_s}", stdout=out)
    return out.getvalue()


def served(host: Host) -> Container:
    """What scheduler and agent make of it."""
    made = Container.objects.get(superseded=False)
    assert rows.bind(made, host, ports=(BoundPort(80, "tcp", "0.0.0.0", 20080),))
    rows.advance(made, Status.RUNNING)
    return made


def test_it_imports_asks_and_says_where(host: Host) -> None:
    with pytest.raises(CommandError, match=r"demo is pending.*is Orchestra up"):
        run()
    assert engine_of(host, cluster=cluster_id()).image(demo.IMAGE).digests == ()
    made = served(host)
    assert run() == "http://127.0.0.1:20080/\n"
    assert (made.project.name, made.name, made.restart) == ("default", "demo", "always")
    assert Event.objects.get(kind="container.created").actor == "demo"


def test_again_makes_nothing_twice(host: Host) -> None:
    demo.start(default_project(), actor="demo")
    served(host)
    before = Event.objects.count()
    assert run() == run()
    assert Container.objects.count() == 1
    assert fake_host(host.url).calls["import_image"] == 1
    assert Event.objects.count() == before


def test_what_has_ended_starts_again(host: Host) -> None:
    first = demo.start(default_project(), actor="demo")
    rows.end(served(host), Status.FAILED)
    again = demo.start(default_project(), actor="demo")
    assert (again.slot_id, again.attempt) == (first.slot_id, 2)
    assert demo.start(default_project(), actor="demo").pk == again.pk


def test_somebody_elses_demo_is_left_alone(host: Host) -> None:
    rows.slot("demo")
    with pytest.raises(CommandError, match="'demo' is in use in this project"):
        run()


@pytest.mark.parametrize("change", [{"reachable": "suspect"}, {"availability": "cordoned"}])
def test_no_host_is_ready(host: Host, change: dict[str, str]) -> None:
    Host.objects.update(**change)
    with pytest.raises(CommandError, match="no host is ready"):
        run()
    assert not Container.objects.exists()


def test_a_machine_without_a_static_busybox(host: Host, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    dynamic = tmp_path / "busybox"
    shutil.copy(shutil.which("bash") or "/bin/bash", dynamic)
    dynamic.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match="apt install busybox-static"):
        run()
    assert not Container.objects.exists()


def test_an_engine_that_does_not_answer_is_told(host: Host) -> None:
    fake_host(host.url).refuse()
    with pytest.raises(CommandError, match="the engine of h1 did not take"):
        run()


@pytest.mark.parametrize("program", [b"", b"#!/bin/sh\n", b"\x7fELF", b"\x7fELF\x01\x01" + bytes(100)])
def test_what_is_no_static_program(program: bytes) -> None:
    assert not demo.is_static(program)


def test_the_image_holds_program_and_page() -> None:
    with tarfile.open(fileobj=io.BytesIO(demo.image_tar(demo.find_busybox()))) as tar:
        assert {one.name: oct(one.mode) for one in tar} == {
            "bin/busybox": "0o755",
            "www/index.html": "0o644",
            "etc/passwd": "0o644",
        }
