"""A client of /ws/live for tests: keeps the tables a console would keep, and insists on every number."""

import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

Json = dict[str, Any]
PATIENCE_S = 15.0


@dataclass
class Fleet:
    """Rows of one fleet subscription as the frames tell them."""

    epoch: str = ""
    seq: int = -1
    rows: dict[str, dict[int, Json]] = field(default_factory=lambda: {"hosts": {}, "services": {}, "containers": {}})
    complete: set[str] = field(default_factory=set)
    ids_seen: set[tuple[str, int]] = field(default_factory=set)

    def take(self, frame: Json) -> None:
        if frame["t"] == "beat":
            assert frame["seq"] == self.seq
            return
        if frame["t"] == "snap":
            assert self.epoch in ("", frame["epoch"])
            self.epoch, self.seq = frame["epoch"], frame["seq"]
            if frame["last"]:
                self.complete.add(frame["kind"])
        else:
            assert (frame["epoch"], frame["seq"]) == (self.epoch, self.seq + 1)
            self.seq += 1
        self._apply(self.rows[frame["kind"]], frame)

    def _apply(self, rows: dict[int, Json], frame: Json) -> None:
        if frame["t"] == "del":
            for row in frame["rows"]:
                del rows[row]
            return
        for place, row in enumerate(frame["rows"]):
            values = {name: column[place] for name, column in frame["cols"].items()}
            if frame["t"] == "d":
                rows[row].update(values)
            else:
                assert (frame["kind"], row) not in self.ids_seen, "a row id is never given out twice"
                self.ids_seen.add((frame["kind"], row))
                rows[row] = values

    def by(self, kind: str, column: str) -> dict[str, Json]:
        found = {values[column]: values for values in self.rows[kind].values()}
        assert len(found) == len(self.rows[kind])
        return found


class Live:
    """One socket. Acknowledges what it reads unless `acks` is off."""

    def __init__(self, url: str, *, headers: Mapping[str, str], origin: str | None = None, acks: bool = True) -> None:
        self._door = connect(
            url,
            additional_headers=headers,
            origin=None if origin is None else Origin(origin),
            proxy=None,
            max_size=None,
            open_timeout=10,
            close_timeout=1,
        )
        self.acks = acks
        self.received_bytes = 0
        self.frames: list[Json] = []
        self.fleets: dict[int, Fleet] = {}
        self._next = 1

    def __enter__(self) -> "Live":
        self.socket: ClientConnection = self._door.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def sub(self, topic: str, **fields: Any) -> int:
        number, self._next = self._next, self._next + 1
        if topic == "fleet":
            self.fleets[number] = Fleet()
        self.send({"op": "sub", "id": number, "topic": topic, **fields})
        return number

    def send(self, message: Json) -> None:
        self.socket.send(json.dumps(message))

    def read(self, timeout_s: float) -> Json | None:
        """The next frame, or None when none came; ConnectionClosed when the socket is closed."""
        try:
            text = self.socket.recv(timeout=timeout_s)
        except TimeoutError:
            return None
        self.received_bytes += len(text.encode() if isinstance(text, str) else text)
        if self.acks:
            with suppress(ConnectionClosed):  # what came before the close is still read
                self.send({"op": "ack", "bytes": self.received_bytes})
        frame: Json = json.loads(text)
        self.frames.append(frame)
        if frame.get("sub") in self.fleets and frame["t"] in ("snap", "add", "d", "del", "beat"):
            self.fleets[frame["sub"]].take(frame)
        return frame

    def until(self, true: Callable[[], Any], *, patience_s: float = PATIENCE_S) -> float:
        """Read until the condition holds; how long that took. Fails when it never does."""
        began_s = time.monotonic()
        while not true():
            left_s = began_s + patience_s - time.monotonic()
            assert left_s > 0, f"never came true; last frames: {self.frames[-3:]}"
            self.read(min(left_s, 0.5))
        return time.monotonic() - began_s

    def told(self, kind: str, sub: int | None = None) -> list[Json]:
        """All frames of this kind so far."""
        return [frame for frame in self.frames if frame["t"] == kind and sub in (None, frame.get("sub"))]

    def object(self, sub: int) -> Json | None:
        """The object as last told."""
        found = self.told("obj", sub)
        return found[-1]["object"] if found else None

    def closed_with(self, *, patience_s: float = PATIENCE_S) -> int:
        """Read until the other side closes; its code."""
        began_s = time.monotonic()
        while time.monotonic() - began_s < patience_s:
            try:
                self.read(0.5)
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd else 1006
        raise AssertionError(f"still open after {patience_s} s")
