"""Answers that go on: bytes as they come, ended from another thread, and what logs and JSON streams make of them.

A blocked read cannot look at an Event, so one thread of the process looks at the events of all open streams and
shuts their sockets. Before: client.py opened the answer. After: engine.py yields lines and events.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from typing import Any, Literal

import requests

from hosts.engine.docker.faults import from_transport
from hosts.engine.docker.read import moment
from hosts.engine.errors import EngineDown, Refused
from hosts.engine.types import LogLine

LOOK_S = 0.1  # a cancelled stream ends within this
READ_BYTES = 64 << 10
LINE_BYTES = 16 << 10
UNBROKEN_BYTES = 4 << 20  # more than this without an end is no stream of ours


class Stream:
    """`silence_s` is how long it may say nothing (None: for ever) before Deadline."""

    def __init__(self, answer: requests.Response, *, cancel: threading.Event | None, silence_s: float | None) -> None:
        self._answer = answer
        self._body: http.client.HTTPResponse = answer.raw._fp
        self._socket = _socket_of(self._body)
        self._cancel = cancel or threading.Event()
        self._ended = False
        if self._socket is not None:
            self._local = self._socket.family == socket.AF_UNIX
            self._socket.settimeout(silence_s)
        WATCH.add(self)

    @property
    def cancelled(self) -> bool:
        return self._cancel.is_set() or self._ended

    def end(self) -> None:
        """From any thread: the reader sees the end of the stream. The base class's shutdown leaves TLS state alone."""
        self._ended = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def chunks(self) -> Iterator[bytes]:
        """Bytes as they come, until the engine or `cancel` ends it."""
        try:
            while not self.cancelled and (chunk := self._read()):
                yield chunk
        finally:
            self.close()

    def close(self) -> None:
        WATCH.discard(self)
        with contextlib.suppress(OSError, ValueError):
            self._answer.close()

    def _read(self) -> bytes:
        try:
            return self._body.read1(READ_BYTES)
        except http.client.HTTPException as error:
            if self.cancelled:
                return b""
            raise EngineDown(f"the engine broke off: {error!r}") from error
        except (OSError, ValueError, AttributeError) as error:  # the latter two: closed under our hands
            if self.cancelled:
                return b""
            raise from_transport(error, local=self._local) from error


def _socket_of(body: http.client.HTTPResponse) -> socket.socket | None:
    """None when the answer was complete at once."""
    raw = getattr(body.fp, "raw", None)
    return getattr(raw, "_sock", None)


class Watch:
    """Ends the streams whose cancel is set. Its thread lives only while there are streams."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._streams: set[Stream] = set()
        self._alive = False

    def add(self, stream: Stream) -> None:
        with self._lock:
            self._streams.add(stream)
            if not self._alive:
                self._alive = True
                threading.Thread(target=self._look, name="engine-streams", daemon=True).start()

    def discard(self, stream: Stream) -> None:
        with self._lock:
            self._streams.discard(stream)

    def _look(self) -> None:
        while True:
            with self._lock:
                due = [stream for stream in self._streams if stream.cancelled]
                self._streams.difference_update(due)
                if not self._streams:
                    self._alive = False
            for stream in due:
                stream.end()
            if not self._alive:
                return
            time.sleep(LOOK_S)


WATCH = Watch()


def lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Split at newlines, without them. The last one may lack its end."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
        if len(rest) > UNBROKEN_BYTES:
            raise Refused("the engine sent a line without an end")
    if rest:
        yield rest


def objects(chunks: Iterator[bytes]) -> Iterator[dict[str, Any]]:
    """One JSON object a line."""
    for line in lines(chunks):
        if line.strip():
            try:
                yield json.loads(line)
            except ValueError as error:
                raise Refused(f"the engine sent a line that is not JSON: {line[:200]!r}") from error


def log_frames(chunks: Iterator[bytes]) -> Iterator[tuple[Literal["stdout", "stderr"], bytes]]:
    """The engine's multiplexed format: 8 bytes of head (stream, 3 zeros, length), then the content."""
    rest = b""
    for chunk in chunks:
        rest += chunk
        while len(rest) >= 8:
            stream, length = struct.unpack(">BxxxL", rest[:8])
            if length > UNBROKEN_BYTES:
                raise Refused("the engine sent a log frame without an end")
            if len(rest) < 8 + length:
                break
            yield ("stderr" if stream == 2 else "stdout"), rest[8 : 8 + length]
            rest = rest[8 + length :]


def log_lines(chunks: Iterator[bytes], *, tty: bool) -> Iterator[LogLine]:
    """Every message of the log driver is one line, or a piece of one longer than 16 KiB; a terminal's is raw text."""
    if tty:
        for line in lines(chunks):
            yield from _pieces("stdout", line.removesuffix(b"\r"))
        return
    for stream, content in log_frames(chunks):
        for line in content.removesuffix(b"\n").split(b"\n"):
            yield from _pieces(stream, line)


def _pieces(stream: Literal["stdout", "stderr"], line: bytes) -> Iterator[LogLine]:
    """The time stamp we asked for stands before the first space."""
    stamp, _, text = line.partition(b" ")
    at = moment(stamp.decode("ascii", "replace"))
    if at is None:
        text = line
    for start in range(0, max(1, len(text)), LINE_BYTES):
        yield LogLine(stream, at, text[start : start + LINE_BYTES].decode("utf-8", "replace"))
