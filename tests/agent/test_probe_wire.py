"""Probes against real servers that are slow, close, refuse, answer badly or never end; the loop is the selector's."""

import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from containers.agent.probe_judge import Answer, Heard
from containers.agent.probe_wire import MAX_HEAD_BYTES, Exchange, Place
from containers.spec import HttpProbe, TcpProbe

Serve = Callable[[socket.socket], None]


@contextmanager
def server(serve: Serve, *, family: socket.AddressFamily = socket.AF_INET) -> Iterator[Place]:
    """Takes one connection and does what it is told with it."""
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
        listener.listen()
        address = listener.getsockname()

        def take() -> None:
            try:
                with listener.accept()[0] as taken:
                    serve(taken)
            except OSError:
                pass

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield Place(address[0], address[1])
    thread.join(5)


def ask(probe: HttpProbe | TcpProbe, place: Place, *, timeout_s: float = 5.0) -> Heard:
    exchange = Exchange(probe, place, timeout_s=timeout_s, now_s=time.monotonic())
    try:
        with selectors.DefaultSelector() as selector:
            while exchange.ended is None:
                selector.register(exchange.socket, exchange.events)
                ready = selector.select(max(0.0, exchange.end_s - time.monotonic()))
                selector.unregister(exchange.socket)
                if ready:
                    exchange.advance(time.monotonic())
                elif time.monotonic() >= exchange.end_s:
                    exchange.late()
    finally:
        exchange.close()
    return exchange.ended


def says(*parts: bytes, pause_s: float = 0.0) -> Serve:
    def serve(taken: socket.socket) -> None:
        taken.recv(4096)
        for part in parts:
            taken.sendall(part)
            time.sleep(pause_s)

    return serve


def status(line: str) -> Serve:
    return says(f"HTTP/1.1 {line}\r\nServer: x\r\n\r\nhello".encode())


def endless(taken: socket.socket) -> None:
    taken.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        taken.sendall(b"X-More: and more\r\n" * 100)


@pytest.mark.parametrize(
    ("probe", "serve", "answer", "words"),
    [
        (HttpProbe(0), status("200 OK"), Answer.GOOD, ""),
        (HttpProbe(0), status("302 Found"), Answer.GOOD, ""),
        (HttpProbe(0), status("200"), Answer.GOOD, ""),
        (HttpProbe(0), says(b"HTTP/1.0 204 No\n\n"), Answer.GOOD, ""),
        (HttpProbe(0), says(*(bytes([b]) for b in b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n")), Answer.GOOD, ""),
        (HttpProbe(0), says(b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 503 No\r\n\r\n"), Answer.WRONG, "503"),
        (HttpProbe(0), status("404 Not Found"), Answer.WRONG, "answered 404, wanted is 200 to 399"),
        (HttpProbe(0), status("500 Broken"), Answer.WRONG, "answered 500"),
        (HttpProbe(0, low=204, high=204), status("200 OK"), Answer.WRONG, "answered 200, wanted is 204"),
        (HttpProbe(0, low=500, high=599), status("503 Yes"), Answer.GOOD, ""),
        (HttpProbe(0), says(b"SSH-2.0-x\r\n"), Answer.WRONG, "something else than HTTP"),
        (HttpProbe(0), says(b"HTTP/1.1 no\r\n\r\n"), Answer.WRONG, "something else than HTTP"),
        (HttpProbe(0), says(b"HTTP/1.1 200 OK\r\nA:"), Answer.WRONG, "before the answer's headers ended"),
        (HttpProbe(0), endless, Answer.WRONG, "headers without end"),
        (HttpProbe(0), says(), Answer.SILENCE, "closed without answer"),
        (TcpProbe(0), lambda taken: time.sleep(0.6), Answer.GOOD, ""),
        (TcpProbe(0), lambda taken: taken.sendall(b"220 ready\r\n"), Answer.GOOD, ""),
        (TcpProbe(0), lambda taken: None, Answer.SILENCE, "closed at once"),
    ],
)
def test_what_a_server_says(probe: HttpProbe | TcpProbe, serve: Serve, answer: Answer, words: str) -> None:
    with server(serve) as place:
        heard = ask(probe, place)
    assert heard.answer == answer
    assert words in heard.words


def test_a_slow_one_is_not_waited_for() -> None:
    with server(lambda taken: time.sleep(1.5)) as place:
        heard = ask(HttpProbe(0), place, timeout_s=0.3)
    assert (heard.answer, "no answer within" in heard.words) == (Answer.SILENCE, True)
    with server(says(b"HTTP/1.1 200 OK\r\n", b"", pause_s=0.7)) as place:
        heard = ask(HttpProbe(0), place, timeout_s=0.3)
    assert (heard.answer, "did not end its headers" in heard.words) == (Answer.WRONG, True)


def test_nobody_listens() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        place = Place(*unused.getsockname())
        for probe in (HttpProbe(0), TcpProbe(0)):
            heard = ask(probe, place)
            assert (heard.answer, "refused" in heard.words) == (Answer.SILENCE, True)


@pytest.mark.parametrize(("header", "expected"), [(None, None), ("shop.example.com", "shop.example.com")])
def test_what_is_asked(header: str | None, expected: str | None) -> None:
    asked: list[bytes] = []

    def listen(taken: socket.socket) -> None:
        asked.append(taken.recv(4096))
        taken.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

    with server(listen, family=socket.AF_INET6) as place:
        assert ask(HttpProbe(0, "/healthz?a=1", host_header=header), place).answer == Answer.GOOD
    host = expected or f"[::1]:{place.port}"
    lines = asked[0].decode().split("\r\n")
    assert lines[:2] == ["GET /healthz?a=1 HTTP/1.1", f"Host: {host}"]
    assert "Connection: close" in lines


def test_no_more_is_read_than_the_headers() -> None:
    sent: list[int] = []

    def flood(taken: socket.socket) -> None:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 * 1024)
        taken.settimeout(2)
        taken.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while len(sent) < 1000:
                sent.append(taken.send(b"x" * 64 * 1024))
        except OSError:
            sent.append(-1)

    with server(flood) as place:
        assert ask(HttpProbe(0), place).answer == Answer.GOOD
    assert sent[-1] == -1
    assert MAX_HEAD_BYTES == 16 * 1024
