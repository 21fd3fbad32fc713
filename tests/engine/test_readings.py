"""What engines, networks and kernels say, put into our words: the cases that a lab cannot be made to show."""

from __future__ import annotations

import io
import struct
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from urllib3.exceptions import ProtocolError

from hosts.engine.docker import local, read
from hosts.engine.docker.engine import _moment
from hosts.engine.docker.faults import from_answer, from_registry, from_transport
from hosts.engine.docker.local import CgroupFiles
from hosts.engine.docker.pull import Tally, split
from hosts.engine.docker.streams import LINE_BYTES, log_lines, objects
from hosts.engine.errors import (
    Conflict,
    Deadline,
    DiskFull,
    EngineDown,
    EngineError,
    ImageMissing,
    Invalid,
    NotFound,
    PortTaken,
    Refused,
    RegistryDenied,
    RegistryError,
    Unreachable,
    Untrusted,
)


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (404, "No such container: x", NotFound),
        (404, "No such image: x:latest", ImageMissing),
        (400, "bad parameter", Invalid),
        (409, "removal of container x is already in progress", Conflict),
        (500, "driver failed: Bind for 0.0.0.0:80 failed: port is already allocated", PortTaken),
        (500, "listen tcp4 0.0.0.0:80: bind: address already in use", PortTaken),
        (500, "mkdir /var/lib/docker/overlay2/x: no space left on device", DiskFull),
        (500, "something else", Refused),
        (503, "This node is not a swarm manager", Refused),
    ],
)
def test_refusals_of_an_engine(status: int, words: str, kind: type[EngineError]) -> None:
    error = from_answer(status, words)
    assert type(error) is kind
    assert error.words == words


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("manifest for x:1 not found: manifest unknown: manifest unknown", ImageMissing),
        ("pull access denied for x, repository does not exist or may require 'docker login'", ImageMissing),
        ("no matching manifest for linux/amd64 in the manifest list entries", ImageMissing),
        ("unauthorized: authentication required", RegistryDenied),
        ("Get https://r/v2/x/manifests/1: no basic auth credentials", RegistryDenied),
        ("Get https://r/v2/: dial tcp: lookup r: no such host", RegistryError),
        ("toomanyrequests: You have reached your pull rate limit", RegistryError),
        ("failed to register layer: write /x: no space left on device", DiskFull),
        ("invalid reference format", Invalid),
    ],
)
def test_refusals_of_a_registry(words: str, kind: type[EngineError]) -> None:
    assert type(from_registry(words)) is kind


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OSError(113, "No route to host"), Unreachable),
        (OSError(110, "Connection timed out"), Unreachable),
        (OSError(111, "Connection refused"), EngineDown),
        (OSError(104, "Connection reset by peer"), EngineDown),
        (OSError(2, "No such file or directory"), EngineDown),
        (OSError(13, "Permission denied"), Untrusted),
        (TimeoutError("timed out"), Deadline),
    ],
)
def test_troubles_of_a_connection_at_any_depth(error: OSError, kind: type[EngineError]) -> None:
    wrapped = requests.ConnectionError(ProtocolError("Connection aborted.", error))
    assert type(from_transport(error, local=True)) is kind
    assert type(from_transport(wrapped, local=True)) is kind
    assert str(error.args[-1]) in from_transport(wrapped, local=True).words


def test_a_connect_that_times_out_is_a_lost_host_or_a_frozen_local_engine() -> None:
    assert type(from_transport(requests.ConnectTimeout("timed out"), local=False)) is Unreachable
    assert type(from_transport(requests.ConnectTimeout("timed out"), local=True)) is Deadline


@pytest.mark.parametrize(
    ("status", "health"),
    [
        ("Up 3 seconds (healthy)", "healthy"),
        ("Up 2 hours (unhealthy)", "unhealthy"),
        ("Up Less than a second (health: starting)", "starting"),
        ("Up 3 seconds", "none"),
        ("Exited (1) 3 seconds ago", "none"),
        ("Up 3 seconds (Paused)", "none"),
    ],
)
def test_health_in_a_status(status: str, health: str) -> None:
    assert read.health_in_status(status) == health


def test_a_listed_container_with_links_and_a_state_of_the_future() -> None:
    row = {"Id": "a", "Names": ["/other/alias", "/own"], "State": "dreaming", "Created": 1600000000}
    facts = read.facts(row)
    assert (facts.name, facts.state, facts.labels) == ("own", "dead", {})


def test_moments() -> None:
    assert read.moment("0001-01-01T00:00:00Z") is None
    assert read.moment("") is None
    seen = read.moment("2026-11-22T13:24:34.123456789+01:00")
    assert seen is not None
    assert seen.isoformat() == "2026-11-22T12:24:34.123456+00:00"


@pytest.mark.parametrize(
    ("ref", "parts"),
    [
        ("web", ("web", "latest")),
        ("host:5000/shop/web", ("host:5000/shop/web", "latest")),
        ("host:5000/shop/web:1.4", ("host:5000/shop/web", "1.4")),
        ("host:5000/web@sha256:ab", ("host:5000/web", "sha256:ab")),
        ("host:5000/web:1@sha256:ab", ("host:5000/web", "sha256:ab")),
    ],
)
def test_a_reference_is_split_for_the_pull(ref: str, parts: tuple[str, str]) -> None:
    assert split(ref) == parts


def test_a_pull_that_only_repeats_itself_has_not_moved() -> None:
    tally = Tally(0.0)
    tally.add({"status": "Downloading", "id": "a", "progressDetail": {"current": 5, "total": 9}}, 1.0)
    assert tally.moved_at_s == 1.0
    tally.add({"status": "Downloading", "id": "a", "progressDetail": {"current": 5, "total": 9}}, 2.0)
    tally.add({"status": "Retrying in 5 seconds", "id": "a", "progressDetail": {}}, 3.0)
    assert tally.moved_at_s == 1.0
    progress = tally.add({"status": "Downloading", "id": "a", "progressDetail": {"current": 6, "total": 9}}, 4.0)
    assert tally.moved_at_s == 4.0
    assert (progress.bytes_now, progress.bytes_total, progress.layers, progress.layers_done) == (6, 9, 1, 0)
    progress = tally.add({"status": "Already exists", "id": "b"}, 5.0)
    assert (progress.layers, progress.layers_done) == (2, 1)


def framed(*messages: tuple[int, bytes]) -> bytes:
    return b"".join(struct.pack(">BxxxL", stream, len(text)) + text for stream, text in messages)


@pytest.mark.parametrize("size", [1, 7, 64, 1 << 16])
def test_log_frames_cut_anywhere(size: int) -> None:
    stamp = b"2026-11-22T12:00:00.000000001Z "
    text = framed((1, stamp + b"one\n"), (2, stamp + "zwei\u00e4".encode() + b"\xff\n"), (1, stamp + b"\n"))
    body = io.BytesIO(text)
    lines = list(log_lines(iter(lambda: body.read(size), b""), tty=False))
    assert [(line.stream, line.text) for line in lines] == [
        ("stdout", "one"),
        ("stderr", "zwei\u00e4\ufffd"),
        ("stdout", ""),
    ]
    assert all(line.at is not None for line in lines)


def test_a_terminal_writes_no_frames_and_long_lines_come_in_pieces() -> None:
    long = b"x" * (LINE_BYTES + 5)
    lines = list(log_lines(iter([b"2026-11-22T12:00:00Z hel", b"lo\r\nno stamp\n" + long]), tty=True))
    assert [line.text for line in lines[:2]] == ["hello", "no stamp"]
    assert lines[1].at is None
    assert [len(line.text) for line in lines[2:]] == [LINE_BYTES, 5]


def test_endless_answers_are_refused() -> None:
    with pytest.raises(Refused):
        list(objects(iter([b"x" * (1 << 20)] * 6)))
    with pytest.raises(Refused):
        list(objects(iter([b"not json\n"])))
    with pytest.raises(Refused):
        list(log_lines(iter([struct.pack(">BxxxL", 1, 1 << 30)]), tty=False))


def test_figures_of_the_second_kind_of_cgroups(tmp_path: Path) -> None:
    (tmp_path / "cpu.stat").write_text("usage_usec 2500000\nuser_usec 1\nsystem_usec 1\n")
    (tmp_path / "memory.stat").write_text("anon 1\nfile 3000\ninactive_file 2000\n")
    (tmp_path / "memory.current").write_text("10000\n")
    (tmp_path / "memory.max").write_text("max\n")
    files = CgroupFiles(2, tmp_path, tmp_path)
    reading = files.read()
    assert reading is not None
    assert (reading.cpu_s, reading.memory_bytes) == (2.5, 8000)
    assert reading.memory_limit_bytes == local.machine_memory_bytes()
    (tmp_path / "memory.max").write_text("20000\n")
    reading = files.read()
    assert reading is not None
    assert reading.memory_limit_bytes == 20000
    (tmp_path / "memory.current").unlink()
    assert files.read() is None


def test_a_cgroup_is_believed_only_with_the_containers_id(tmp_path: Path) -> None:
    folder = tmp_path / "proc" / "7"
    folder.mkdir(parents=True)
    (folder / "cgroup").write_text("0::/docker/abc123\n")
    found = local.cgroup_files(tmp_path, pid=7, container_id="abc123")
    assert found is not None
    assert (found.version, found.cpu) == (2, local.CGROUP / "docker/abc123")
    assert local.cgroup_files(tmp_path, pid=7, container_id="other") is None
    assert local.cgroup_files(tmp_path, pid=8, container_id="abc123") is None


def test_a_moment_is_told_to_the_microsecond() -> None:
    """A line is asked for by its own moment: one that is told too late leaves it out."""
    at = datetime(2026, 11, 23, 5, 0, 0, tzinfo=UTC)
    for micros in range(0, 1_000_000, 7_919):
        assert _moment(at.replace(microsecond=micros)) == f"1795410000.{micros:06d}"
    assert _moment(None) == ""
