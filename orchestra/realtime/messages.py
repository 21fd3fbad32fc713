"""The frames of /ws/live, server to client: JSON text, ASCII only, so that characters and bytes are the same number.

A frame's body is written once for all its readers; only the number of the reader's subscription is put in for each.
Before: the feed, objects, events and logs. After: the consumer sends the text. Pure.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = tuple[int, Sequence[Any]]
"""A row id and its values in the order of the columns."""


@dataclass(frozen=True, slots=True)
class Frame:
    """`{"t": kind, "sub": <put in later>, ...rest}`; `rest` is the JSON behind `sub`, with its closing brace."""

    kind: str
    rest: str

    def text(self, sub: int) -> str:
        return f'{{"t":"{self.kind}","sub":{sub}{self.rest}'

    def size_bytes(self, sub: int) -> int:
        return len('{"t":"","sub":') + len(self.kind) + len(str(sub)) + len(self.rest)


def dump(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), default=str)


def frame(kind: str, /, **fields: Any) -> Frame:
    """A frame from plain fields."""
    return Frame(kind, "," + dump(fields)[1:] if fields else "}")


def holding(kind: str, name: str, text: str) -> Frame:
    """A frame with one field whose JSON is written already."""
    return Frame(kind, f',"{name}":{text}}}')


def hello(*, window_bytes: int, heartbeat_s: float) -> str:
    return dump({"t": "hello", "window": window_bytes, "heartbeat_s": heartbeat_s})


def lone_beat(ts_ms: int) -> str:
    """The heartbeat of a socket without a fleet subscription."""
    return dump({"t": "beat", "seq": 0, "ts": ts_ms})


def lone_error(code: str, message: str) -> str:
    """An error that belongs to no subscription."""
    return dump({"t": "error", "code": code, "message": message})


def columns(
    names: Sequence[str], rows: Sequence[Sequence[Any]], only: Iterable[int] | None = None
) -> Mapping[str, Any]:
    """Rows turned into columns; `only`: the places of the columns to write."""
    places = range(len(names)) if only is None else sorted(only)
    return {names[place]: [values[place] for values in rows] for place in places}


RESYNC = frame("resync")
