"""One question to one container on a socket that never blocks: connect, send, read until it is clear what came.

Before: probes.py, whose loop calls `advance` when the socket is ready and `late` when the time is over. After: the
judge. Nothing is followed, and of an answer no more is read than its status line and headers.
"""

import errno
import os
import re
import selectors
import socket
from dataclasses import dataclass
from typing import Final

from containers.agent.probe_judge import Answer, Heard
from containers.spec import HttpProbe, TcpProbe

MAX_HEAD_BYTES: Final = 16 * 1024
LINGER_S: Final = 0.25  # an engine's port proxy takes any connection, and closes it when nobody listens behind it
_STATUS_LINE: Final = re.compile(rb"HTTP/1\.[0-9] ([1-5][0-9]{2})(?: [^\r\n]*)?\r?\n")
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_GOOD: Final = Heard(Answer.GOOD)
_OWN_LIMITS: Final = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class CannotAsk(Exception):
    """This machine has no socket to spare: that says nothing about the container."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a container is asked: an IP address and a port."""

    address: str
    port: int

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


class Exchange:
    """Begins at once. `events` is what the loop shall wait for, `end_s` until when; `ended` holds what came of it."""

    def __init__(self, probe: HttpProbe | TcpProbe, place: Place, *, timeout_s: float, now_s: float) -> None:
        self.probe, self.place, self.timeout_s = probe, place, timeout_s
        self.begun_s, self.end_s = now_s, now_s + timeout_s
        self.events = selectors.EVENT_WRITE
        self.ended: Heard | None = None
        self._unsent, self._head, self._is_connected = b"", b"", False
        self.socket = self._open()

    def _open(self) -> socket.socket:
        try:
            made = socket.socket(socket.AF_INET6 if ":" in self.place.address else socket.AF_INET, socket.SOCK_STREAM)
        except OSError as error:
            raise CannotAsk(os.strerror(error.errno or 0)) from error
        made.setblocking(False)
        code = made.connect_ex((self.place.address, self.place.port))
        if code in _OWN_LIMITS:
            made.close()
            raise CannotAsk(os.strerror(code))
        if code not in (0, errno.EINPROGRESS):
            self.ended = self._silence(_reason(code))
        return made

    def close(self) -> None:
        self.socket.close()

    def advance(self, now_s: float) -> None:
        """The socket is ready: go as far as it goes without waiting."""
        try:
            if not self._is_connected:
                self._connected(now_s)
            elif self.events == selectors.EVENT_WRITE:
                self._send()
            else:
                self._read()
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self.ended = self._wrong(_reason(error.errno)) if self._head else self._silence(_reason(error.errno))

    def late(self) -> None:
        """The time is over."""
        if self._is_connected and isinstance(self.probe, TcpProbe):
            self.ended = _GOOD
        elif self._head:
            self.ended = self._wrong(f"did not end its headers within {self.timeout_s:.0f} s")
        else:
            self.ended = self._silence(f"no answer within {self.timeout_s:.0f} s")

    def _connected(self, now_s: float) -> None:
        code = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise OSError(code, os.strerror(code))
        self._is_connected = True
        if isinstance(self.probe, TcpProbe):
            self.events, self.end_s = selectors.EVENT_READ, now_s + LINGER_S
            return
        host = self.probe.host_header or str(self.place)
        lines = (f"GET {self.probe.path} HTTP/1.1", f"Host: {host}", "User-Agent: Orchestra", "Accept: */*")
        self._unsent = "\r\n".join((*lines, "Connection: close", "", "")).encode()
        self._send()

    def _send(self) -> None:
        self._unsent = self._unsent[self.socket.send(self._unsent) :]
        if not self._unsent:
            self.events = selectors.EVENT_READ

    def _read(self) -> None:
        got = self.socket.recv(MAX_HEAD_BYTES - len(self._head))
        self._head += got
        if isinstance(self.probe, TcpProbe):
            self.ended = _GOOD if got else self._silence("the connection was closed at once")
        elif not got:
            words = "the connection was closed before the answer's headers ended"
            self.ended = self._wrong(words) if self._head else self._silence("the connection was closed without answer")
        else:
            self.ended = self._meaning(self.probe)

    def _meaning(self, probe: HttpProbe) -> Heard | None:
        """Of what is there so far; None: not clear yet. An early 1xx is not the answer."""
        end = _HEAD_END.search(self._head)
        if end is None:
            if not _may_be_http(self._head):
                return self._wrong("answered something else than HTTP/1")
            return self._wrong("sent headers without end") if len(self._head) >= MAX_HEAD_BYTES else None
        line = _STATUS_LINE.match(self._head)
        if line is None:
            return self._wrong("answered something else than HTTP/1")
        status = int(line[1])
        if status < 200 and status != 101:
            self._head = self._head[end.end() :]
            return self._meaning(probe) if self._head else None
        if probe.low <= status <= probe.high:
            return _GOOD
        wanted = str(probe.low) if probe.low == probe.high else f"{probe.low} to {probe.high}"
        return self._wrong(f"answered {status}, wanted is {wanted}")

    def _wrong(self, words: str) -> Heard:
        return Heard(Answer.WRONG, f"{self._asked}: {words}")

    def _silence(self, words: str) -> Heard:
        return Heard(Answer.SILENCE, f"{self._asked}: {words}")

    @property
    def _asked(self) -> str:
        if isinstance(self.probe, HttpProbe):
            return f"GET http://{self.place}{self.probe.path[:200]}"
        return f"TCP to {self.place}"


def _may_be_http(head: bytes) -> bool:
    return head.startswith(b"HTTP/1.") if len(head) >= 7 else b"HTTP/1.".startswith(head)


def _reason(code: int | None) -> str:
    if code == errno.ECONNREFUSED:
        return "the connection was refused, nothing listens there"
    if code in (errno.ECONNRESET, errno.EPIPE):
        return "the connection was closed"
    return os.strerror(code or errno.EIO).lower()
