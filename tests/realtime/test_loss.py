"""What is lost on the way only delays: hints that never came, a LISTEN connection that was cut, a slow reader."""

import json
import secrets
import socket
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection
from websockets.exceptions import ConnectionClosed

from containers.models import Container
from core.lib.notify import LISTENER, hint
from orchestra.realtime.feed import RING_BYTES
from orchestra.realtime.window import WINDOW_BYTES
from tests import rows
from tests.realtime.live import Live
from tests.realtime.web import Web

POLL_S = 2.0
MEGABYTE = 1_000_000


def watching(live: Live, project: str | None = None) -> int:
    sub = live.sub("fleet", project=project)
    live.until(lambda: live.fleets[sub].complete == {"hosts", "services", "containers"})
    return sub


def message_of(live: Live, sub: int) -> set[str]:
    return {row["message"] for row in live.fleets[sub].rows["containers"].values()}


def test_a_change_without_a_hint_comes_with_the_poll(web: Web, admin: str) -> None:
    rows.slot("one")
    with web.live(admin) as live:
        sub = watching(live)
        Container.objects.update(message="no bell rang")
        took_s = live.until(lambda: message_of(live, sub) == {"no bell rang"}, patience_s=4 * POLL_S)
        assert took_s <= 3 * POLL_S
        Container.objects.all().delete()
        rows.host("late")
        live.until(lambda: live.fleets[sub].by("hosts", "name").keys() == {"late"}, patience_s=4 * POLL_S)


def test_a_cut_listen_connection_loses_nothing(web: Web, admin: str) -> None:
    rows.slot("one")
    with web.live(admin) as live:
        sub = watching(live)
        epoch = live.fleets[sub].epoch
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = %s AND datname = current_database()",
                [LISTENER],
            )
            assert (True,) in cursor.fetchall()
        Container.objects.update(message="while nobody listened")
        live.until(lambda: message_of(live, sub) == {"while nobody listened"}, patience_s=4 * POLL_S)
        Container.objects.update(message="bell again")
        hint(container=True)
        live.until(lambda: message_of(live, sub) == {"bell again"}, patience_s=4 * POLL_S)
        assert live.fleets[sub].epoch == epoch, "the difference was told; nobody had to begin again"


@pytest.mark.slow
def test_a_slow_reader_is_told_to_begin_again(web: Web, admin: str) -> None:
    """It acknowledges a little now and then, so that it is not dropped, until its place in the ring is gone."""
    count = 600
    for number in range(count):
        rows.slot(f"c{number}")
    with web.live(admin) as live, web.live(admin) as other:
        sub, _ = watching(live), watching(other)
        live.until(lambda: len(live.fleets[sub].rows["containers"]) == count)
        live.acks, acked_bytes = False, live.received_bytes
        enough, end_s = other.received_bytes + 2 * WINDOW_BYTES + RING_BYTES, time.monotonic() + 60
        while other.received_bytes < enough and time.monotonic() < end_s:
            shake(count)
            while other.read(0.02) is not None:
                pass
            while live.read(0.001) is not None:
                pass
            acked_bytes += 1
            live.send({"op": "ack", "bytes": acked_bytes})
        assert live.received_bytes - acked_bytes <= WINDOW_BYTES
        live.acks = True
        live.send({"op": "ack", "bytes": live.received_bytes})
        live.until(lambda: live.told("resync", sub))
        again = watching(live)
        shake(count)
        last = secrets.token_hex(90)
        Container.objects.update(message=last)
        live.until(lambda: message_of(live, again) == {last})


def shake(rows_count: int, chars: int = 190) -> None:
    """Change what every container says, in one statement, and ring."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE containers_container SET message = %s || name", [secrets.token_hex(chars // 2)])
        assert cursor.rowcount == rows_count
        hint(container=True)


def never_reading(web: Web, token: str, *, subscriptions: int) -> socket.socket:
    """A websocket by hand, which subscribes to the fleet and never reads one byte."""
    raw = socket.create_connection(("127.0.0.1", web.port), timeout=10)
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.sendall(
        f"GET /ws/live HTTP/1.1\r\nHost: 127.0.0.1:{web.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        f"Authorization: Bearer {token}\r\n\r\n".encode()
    )
    time.sleep(0.5)
    for number in range(subscriptions):
        text = json.dumps({"op": "sub", "id": number + 1, "topic": "fleet", "project": None}).encode()
        assert len(text) < 126
        raw.sendall(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text)  # masked with zeroes
    return raw


def sockets_of(web: Web) -> int:
    """Connections that the web process still holds with clients."""
    port = f":{web.port:04X}"
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return sum(1 for line in lines if line.split()[1].endswith(port) and line.split()[3] == "01")


def flood(live: Live) -> None:
    """Nonsense, of which each piece is answered, until the socket is closed."""
    while len(live.frames) < 20_000:
        for _ in range(100):
            live.socket.send("?")
        for _ in range(100):
            if live.read(0.5) is None:
                break


def test_who_asks_and_asks_and_acknowledges_nothing_is_told_why(web: Web, admin: str) -> None:
    """Answers wait for room in the window; when a hundred do, the socket is closed as flooded."""
    with web.live(admin, acks=False) as live:
        with pytest.raises(ConnectionClosed) as closed:
            flood(live)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008


@pytest.mark.slow
def test_clients_that_never_read_cost_little_and_are_dropped(own_web: Web, admin: str) -> None:
    """Each of the sixty subscriptions of each of the three clients would take all there is: 12 MB a change."""
    count = 300
    for number in range(count):
        rows.slot(f"c{number}")
    with own_web.live(admin) as live:
        sub = watching(live)
        for _ in range(10):
            shake(count)
            live.until(lambda: len(message_of(live, sub)) == count)
        before_bytes = own_web.resident_bytes()
        stuck = [never_reading(own_web, admin, subscriptions=60) for _ in range(3)]
        told, peak_bytes, end_s = 0, before_bytes, time.monotonic() + 16
        while time.monotonic() < end_s:
            shake(count)
            told += 1
            live.read(0.02)
            peak_bytes = max(peak_bytes, own_web.resident_bytes())
        growth_bytes = peak_bytes - before_bytes
        seq = live.fleets[sub].seq
        live.until(lambda: live.fleets[sub].seq > seq or live.frames[-1]["t"] == "beat")
        assert seq > 20, "the others are served as before"
        assert growth_bytes < 20 * MEGABYTE, f"{growth_bytes / MEGABYTE:.1f} MB after {told} changes of {count} rows"
        assert sockets_of(own_web) == 1, "who never reads is dropped"
        for one in stuck:
            with closing(one):
                pass
