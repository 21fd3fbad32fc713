"""Engines that are none, too old, or talk nonsense: a server of our own that says what a real one would not."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

import pytest

from hosts.engine import EngineAddress, open_engine
from hosts.engine.docker import DockerEngine
from hosts.engine.errors import Deadline, DiskFull, EngineDown, EngineError, Refused, RegistryError

Answer = Callable[[BaseHTTPRequestHandler], None]
Speak = Callable[[dict[str, Answer]], DockerEngine]


def says(status: int, text: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        body = text.encode()
        request.send_response(status)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return answer


VERSION = says(200, '{"ApiVersion": "1.41", "MinAPIVersion": "1.12", "Arch": "amd64"}')


@pytest.fixture
def speak() -> Iterator[Speak]:
    """A server that answers by the last part of the path, and a client of it."""
    servers: list[ThreadingHTTPServer] = []
    engines: list[DockerEngine] = []

    def start(answers: dict[str, Answer]) -> DockerEngine:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                last = self.path.partition("?")[0].rpartition("/")[2]
                {"version": VERSION, **answers}.get(last, says(404, "{}"))(self)

            do_GET = do_POST = do_DELETE = answer  # noqa: N815 - the base class's names

            def log_message(self, *words: object) -> None:
                """Silent."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        servers.append(server)
        address = EngineAddress(f"tcp://127.0.0.1:{server.server_address[1]}")
        engine = open_engine(address, cluster="suite", deadline_s=1.0)
        assert isinstance(engine, DockerEngine)
        engine.stall_s = 0.5
        engines.append(engine)
        return engine

    yield start
    for engine in engines:
        engine.close()
    for server in servers:
        server.shutdown()
        server.server_close()


def test_an_engine_too_old_is_told_what_it_needs(speak: Speak) -> None:
    engine = speak({"version": says(200, '{"ApiVersion": "1.40", "MinAPIVersion": "1.12"}')})
    with pytest.raises(Refused, match=r"1\.41"):
        engine.list(labels={})


def test_an_engine_too_new_is_told_too(speak: Speak) -> None:
    engine = speak({"version": says(200, '{"ApiVersion": "9.99", "MinAPIVersion": "9.50"}')})
    with pytest.raises(Refused, match=r"9\.50"):
        engine.list(labels={})


def test_a_web_site_is_no_engine(speak: Speak) -> None:
    engine = speak({"version": says(200, "<html>welcome</html>"), "_ping": says(403, "go away")})
    for call in (engine.info, lambda: engine.start("one")):
        with pytest.raises(Refused, match="no Docker engine"):
            call()
    with pytest.raises(EngineError, match="go away"):
        engine.ping(timeout_s=1)


def test_a_redirect_is_not_followed(speak: Speak) -> None:
    def away(request: BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", "http://127.0.0.1:9/")
        request.send_header("Content-Length", "0")
        request.end_headers()

    engine = speak({"json": away, "start": away})
    with pytest.raises(Refused):
        engine.list(labels={})
    with pytest.raises(Refused):
        engine.start("one")


def test_a_full_disk_keeps_the_engines_words(speak: Speak) -> None:
    words = "mkdir /var/lib/docker/overlay2/x: no space left on device"
    engine = speak({"create": says(500, f'{{"message": "{words}"}}')})
    with pytest.raises(DiskFull) as caught:
        engine.create("one", {"Image": "x"})
    assert caught.value.words == words


def drip(*pieces: bytes, pause_s: float, then_hang_s: float = 0.0, whole: bool = True) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        try:
            for piece in pieces:
                request.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                time.sleep(pause_s)
            time.sleep(then_hang_s)
            if whole:
                request.wfile.write(b"0\r\n\r\n")
        except OSError:
            pass  # hung up, as it should
        request.close_connection = True

    return answer


def test_a_ping_does_not_wait_for_a_place(speak: Speak) -> None:
    """All places are taken by calls that take their time; the engine answers a ping at once."""

    def slowly(request: BaseHTTPRequestHandler) -> None:
        time.sleep(0.7)
        says(200, "[]")(request)

    engine = speak({"json": slowly, "_ping": says(200, "OK")})
    calls = [threading.Thread(target=engine.list, kwargs={"labels": {}}) for _ in range(8)]
    for call in calls:
        call.start()
    time.sleep(0.2)
    began = time.monotonic()
    engine.ping(timeout_s=0.4)
    assert time.monotonic() - began < 0.4
    for call in calls:
        call.join()


def test_a_pull_that_falls_silent_is_stalled(speak: Speak) -> None:
    engine = speak({"create": drip(b'{"status":"Pulling"}\n', pause_s=0, then_hang_s=3)})
    began = time.monotonic()
    with pytest.raises(Deadline):
        engine.pull("x:1")
    assert time.monotonic() - began < 2


def test_a_pull_that_repeats_itself_is_stalled(speak: Speak) -> None:
    same = b'{"status":"Downloading","id":"a","progressDetail":{"current":1,"total":9}}\n'
    engine = speak({"create": drip(*[same] * 40, pause_s=0.1)})
    with pytest.raises(Deadline, match="no progress"):
        engine.pull("x:1")


def test_a_slow_pull_that_moves_is_not_stalled(speak: Speak) -> None:
    pieces = [b'{"status":"Downloading","id":"a","progressDetail":{"current":%d,"total":9}}\n' % n for n in range(9)]
    engine = speak({"create": drip(*pieces, pause_s=0.2), "json": says(200, '{"Id": "sha256:1"}')})
    assert engine.pull("x:1").id == "sha256:1"


def test_an_error_in_the_middle_of_a_pull(speak: Speak) -> None:
    broken = b'{"errorDetail":{"message":"unexpected EOF of the registry"},"error":"unexpected EOF"}\n'
    engine = speak({"create": drip(b'{"status":"Pulling"}\n', broken, pause_s=0)})
    with pytest.raises(RegistryError, match="of the registry"):
        engine.pull("x:1")


def test_an_engine_that_breaks_off(speak: Speak) -> None:
    engine = speak({"create": drip(b'{"status":"Pulling"}\n', pause_s=0, whole=False)})
    with pytest.raises(EngineDown):
        engine.pull("x:1")


def test_an_answer_that_drips_is_held_to_the_deadline_of_each_piece(speak: Speak) -> None:
    engine = speak({"json": drip(b"[", pause_s=3)})
    began = time.monotonic()
    with pytest.raises(Deadline):
        engine.list(labels={})
    assert time.monotonic() - began < 2


def test_one_containers_broken_figures_are_not_the_others(speak: Speak) -> None:
    told = count(1)

    def stats(request: BaseHTTPRequestHandler) -> None:
        if "/broken/" in request.path:
            return says(500, '{"message": "cgroup: file does not exist"}')(request)
        now = next(told)
        words = {
            "id": "fine",
            "read": f"2026-01-01T00:00:{now:02}Z",
            "cpu_stats": {"cpu_usage": {"total_usage": now * 500_000_000}},
            "memory_stats": {"usage": 4096, "limit": 8192},
        }
        return says(200, json.dumps(words))(request)

    engine = speak({"stats": stats})
    assert engine.stats(["broken", "fine"]) == ()
    assert [(one.name, one.cpu_millis) for one in engine.stats(["broken", "fine"])] == [("fine", 500)]
