"""Logs: from the engine while it has them, from the kept end afterwards, and never a control sequence."""

from collections.abc import Iterator

import pytest

from containers.logs import clean
from containers.models import Container, LogTail
from containers.states import Status
from core.accounts.models import cluster_id
from hosts.engine import EngineAddress, open_engine
from hosts.engine.fake.fleet import forget
from hosts.engine.fake.host import fake_host
from hosts.models import Host
from tests.api.conftest import Person
from tests.api.specs import WEB, bring, host_with_room

PATH = "/projects/shop/containers"
URL = "fake://tests/h1"


@pytest.fixture
def running(operator: Person) -> Iterator[str]:
    """A container that runs on a fake engine and has said three lines."""
    found = str(operator.post(PATH, WEB).json()["id"])
    bring(found, Status.RUNNING, host=host_with_room())
    engine = open_engine(EngineAddress(URL), cluster=cluster_id())
    fake_host(URL).add_image("web:1")
    engine.create(f"orc-{found}", {"Image": "web:1", "Labels": {"orchestra.cluster": cluster_id()}, "HostConfig": {}})
    engine.start(f"orc-{found}")
    for number in range(3):
        fake_host(URL).say(f"orc-{found}", f"line {number}\x1b[2J", stream="stderr" if number else "stdout")
    yield found
    forget("tests")


def test_lines_come_from_the_engine(viewer: Person, running: str) -> None:
    body = viewer.get(f"{PATH}/{running}/logs?tail=2").json()
    assert [(one["stream"], one["text"]) for one in body["lines"]] == [("stderr", "line 1"), ("stderr", "line 2")]
    assert body["complete"] is False
    assert body["lines"][0]["at"] is not None
    whole = viewer.get(f"{PATH}/{running}/logs?timestamps=0").json()
    assert [one["at"] for one in whole["lines"]] == [None] * 3
    assert whole["complete"] is True


def test_a_done_container_is_still_read(viewer: Person, running: str) -> None:
    open_engine(EngineAddress(URL), cluster=cluster_id()).rename(f"orc-{running}", f"orc-done-{running}")
    assert len(viewer.get(f"{PATH}/{running}/logs").json()["lines"]) == 3


def test_the_kept_end_is_read_when_the_engine_has_nothing(viewer: Person, running: str) -> None:
    LogTail.objects.create(container_id=running, text="one\ntwo\x07\nthree", truncated=False)
    body = viewer.get(f"{PATH}/{running}/logs?tail=2").json()
    assert [one["text"] for one in body["lines"]] == ["two", "three"]
    assert body["complete"] is False
    assert viewer.get(f"{PATH}/{running}/logs").json()["complete"] is True


def test_a_host_that_does_not_answer_is_told(viewer: Person, running: str) -> None:
    fake_host(URL).refuse()
    answer = viewer.get(f"{PATH}/{running}/logs")
    assert (answer.status_code, answer.json()["code"]) == (503, "host-unreachable")
    Host.objects.update(reachable="lost")
    assert viewer.get(f"{PATH}/{running}/logs").status_code == 503


def test_nothing_was_said_before_there_is_a_host(operator: Person, viewer: Person) -> None:
    found = operator.post(PATH, WEB).json()["id"]
    assert viewer.get(f"{PATH}/{found}/logs").json() == {"lines": [], "complete": True}
    Container.objects.all().delete()


@pytest.mark.parametrize("tail", ["0", "-1", "x", "1e3", "999999999999999999999999"])
def test_a_bad_tail_is_named(viewer: Person, running: str, tail: str) -> None:
    answer = viewer.get(f"{PATH}/{running}/logs?tail={tail}")
    assert (answer.status_code, answer.json()["code"]) == (400, "query-invalid")
    assert "tail" in answer.json()["detail"]


def test_strangers_read_no_logs(stranger: Person, running: str) -> None:
    assert stranger.get(f"{PATH}/{running}/logs").status_code == 404
    assert stranger.get(f"/projects/other/containers/{running}/logs").status_code == 404


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain\ttext", "plain\ttext"),
        ("\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m"),
        ("\x1b[1;38;5;200mpink", "\x1b[1;38;5;200mpink"),
        ("a\x1b[2Kb\x1b[10;10Hc", "abc"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPdata\x1b\\after", "after"),
        ("\x1bcreset", "reset"),
        ("bell\x07\x00\x08\r", "bell"),
        ("\x9b2Jc1", "2Jc1"),
        ("end\x1b", "end"),
        ("end\x1b[", "end"),
        ("a\x1b[\x072Jb", "a2Jb"),
        ("a\x1b\x1b[2Jb", "ab"),
        ("x" * 20_000, "x" * 16_384),
    ],
)
def test_only_colours_survive(raw: str, shown: str) -> None:
    assert clean(raw) == shown
