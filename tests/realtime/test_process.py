"""The web process as a program: it ends gracefully, says what is wrong, shares a socket, serves the roots."""

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import pytest
from django.db import connection, transaction

from tests.realtime.web import ROOT, Web


def get(web: Web, path: str) -> tuple[int, dict[str, str], bytes]:
    try:
        with build_opener(ProxyHandler({})).open(f"{web.origin}{path}", timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except HTTPError as error:
        return error.code, dict(error.headers), error.read()


def test_term_closes_sockets_with_1012_and_ends(own_web: Web, admin: str) -> None:
    with own_web.live(admin) as live:
        sub = live.sub("fleet", project=None)
        live.until(lambda: live.told("snap", sub))
        own_web.process.send_signal(signal.SIGTERM)
        began_s = time.monotonic()
        assert live.closed_with() == 1012
        assert own_web.process.wait(timeout=5) == 0
        assert time.monotonic() - began_s < 3, "measured on its own: 0.2 s"


def test_term_lets_a_request_in_flight_finish(own_web: Web, admin: str) -> None:
    found: list[Any] = []
    asking = threading.Thread(target=lambda: found.append(own_web.call("GET", "/me", admin)))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE accounts_apitoken IN ACCESS EXCLUSIVE MODE")
        asking.start()
        until(lambda: is_awaited(cursor, "accounts_apitoken"))
        own_web.process.send_signal(signal.SIGTERM)
        until(lambda: refuses(own_web.port))
        assert own_web.process.poll() is None
    asking.join(timeout=10)
    assert found[0]["username"] == "root"
    assert own_web.process.wait(timeout=5) == 0


def until(holds: Callable[[], bool]) -> None:
    """The lock may be held for 2 s: a transaction that idles longer is ended by the database."""
    ends_s = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < ends_s, "waited ten seconds in vain"
        time.sleep(0.05)


def is_awaited(cursor: Any, table: str) -> bool:
    cursor.execute("SELECT count(*) FROM pg_locks WHERE relation = %s::regclass AND NOT granted", [table])
    return bool(cursor.fetchone()[0])


def refuses(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except ConnectionRefusedError:
        return True
    return False


def run_web(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "web", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_a_taken_port_is_said_in_one_line(web: Web) -> None:
    ended = run_web("--port", str(web.port))
    assert ended.returncode == 1
    assert f"port {web.port} on 127.0.0.1 is taken" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("--host", "192.0.2.1"), "is no address of this machine"), (("--fd", "77"), "is no open socket")],
)
def test_what_cannot_be_listened_on_is_said(arguments: tuple[str, ...], words: str) -> None:
    ended = run_web(*arguments)
    assert (ended.returncode, words in ended.stderr) == (1, True), ended.stderr


def test_health(web: Web) -> None:
    assert get(web, "/healthz")[0] == 200
    assert get(web, "/readyz")[0] == 200


def test_what_the_api_does_not_have_is_a_problem_and_no_page(web: Web) -> None:
    status, headers, body = get(web, "/api/v1/nothing/here")
    assert (status, headers["Content-Type"]) == (404, "application/problem+json")
    assert b'"not-found"' in body
    assert get(web, "/api/v9/")[0] == 404


def test_files_that_are_not_there_are_no_pages(web: Web) -> None:
    assert get(web, "/assets/gone-1234.js")[0] == 404
    assert get(web, "/favicon-nope.png")[0] == 404


def test_every_other_path_is_the_page(web: Web, settings: Any) -> None:
    """Also a host whose name has dots. Without a build it says how to make one."""
    is_built = (settings.CONSOLE_DIST / "index.html").exists()
    for path in ("/", "/hosts/db.example.com", "/containers/1?tab=logs"):
        status, headers, body = get(web, path)
        assert status == (200 if is_built else 503)
        assert not is_built or headers["Cache-Control"] == "no-cache"
        assert (b"<script" if is_built else b"npm run build") in body


def test_the_admin_is_found_without_its_slash(web: Web) -> None:
    assert b"csrfmiddlewaretoken" in get(web, "/admin")[2]


def test_an_api_answer_is_not_kept(web: Web, admin: str) -> None:
    assert get(web, "/api/v1/me")[1]["Cache-Control"] == "no-store"


LEFT = """
from orchestra.realtime.server import BoundedSocket
socket = BoundedSocket()
socket.maxMessagePayloadSize = socket.maxFramePayloadSize = 9
socket.state = BoundedSocket.STATE_CLOSED
socket.sendMessage(b"news", False)
print(socket.maxMessagePayloadSize, socket.maxFramePayloadSize)
"""


def test_news_for_somebody_who_has_just_left_are_no_fault(spawn: Callable[..., subprocess.Popen[str]]) -> None:
    said, troubles = spawn("-c", LEFT).communicate(timeout=30)
    assert said == "9 9\n", troubles
