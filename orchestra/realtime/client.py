"""One websocket's side of the feed: its subscriptions, its window, and what goes out next.

Before: the hub says "there is something". After: the consumer's `send`. Nothing is handed to the transport beyond
the window; what waits is a place in a stream, the last text of an object, or a short bounded queue.
"""

import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from core.lib.clock import monotonic_s
from orchestra.realtime.access import Credentials, Topic
from orchestra.realtime.feed import Snapshot, Stream
from orchestra.realtime.messages import RESYNC, Frame, frame
from orchestra.realtime.window import Window

EVENTS_WAITING_MAX = 200
REPLIES_WAITING_MAX = 100
SUBSCRIPTIONS_MAX = 64
CLOSE_FLOOD = 1008
CLOSE_FAULT = 1011

log = logging.getLogger(__name__)


class Subscription(Protocol):
    """What one `sub` shows. `peek` gives the next frame if there is one, `taken` says that it went out."""

    id: int
    topic: Topic

    def peek(self) -> Frame | None: ...

    def taken(self) -> None: ...

    def close(self) -> None: ...


class FleetSubscription:
    """A place in a stream: first the parts of a snapshot, then frame by frame; a heartbeat when there is no news.

    A snapshot may be some seconds old: the first heartbeat comes at once behind what has followed it, and tells that
    this is how things stand now. `ts_ms`: the moment of asking.
    """

    def __init__(self, sub: int, topic: Topic, stream: Stream, now_s: float, ts_ms: int) -> None:
        self.id = sub
        self.topic = topic
        self.stream = stream
        self._snapshot: Snapshot | None = stream.snapshot(now_s)
        self._part = 0
        self._seq = self._snapshot.seq
        self._beat: Frame | None = None
        self._asked_ms: int | None = ts_ms  # None: it knows that it is up to date
        self._is_lost = False
        self._is_told_lost = False

    def beat(self, ts_ms: int) -> None:
        """The heartbeat is due. It tells where the stream is, and so only goes to who is there too."""
        self._beat = self.stream.beat(ts_ms)

    def peek(self) -> Frame | None:
        if self._is_lost:
            return None if self._is_told_lost else RESYNC
        if self._snapshot is not None:
            return self._snapshot.frame(self._part)
        try:
            following = self.stream.after(self._seq)
        except LookupError:
            self._is_lost = True
            return RESYNC
        if following is not None:
            self._beat = None  # a frame is a sign of life too
            return following
        if self._asked_ms is not None:
            self._beat, self._asked_ms = self.stream.beat(self._asked_ms), None
        return self._beat

    def taken(self) -> None:
        if self._is_lost:
            self._is_told_lost = True
        elif self._snapshot is not None:
            self._part += 1
            if self._part >= len(self._snapshot):
                self._snapshot = None
        elif self._seq != self.stream.seq:
            self._seq += 1
        else:
            self._beat = None

    def close(self) -> None:
        self._snapshot = None


class ObjectSubscription:
    """The last text of one object; what it replaces while the client is slow is never sent."""

    def __init__(self, sub: int, topic: Topic) -> None:
        self.id = sub
        self.topic = topic
        self._next: Frame | None = None

    def offer(self, text: Frame) -> None:
        self._next = text

    def peek(self) -> Frame | None:
        return self._next

    def taken(self) -> None:
        self._next = None

    def close(self) -> None:
        self._next = None


class EventSubscription:
    """Events in their order; when too many wait, the client is told to read again."""

    def __init__(self, sub: int, topic: Topic) -> None:
        self.id = sub
        self.topic = topic
        self._waiting: deque[Frame] = deque()

    def offer(self, text: Frame) -> None:
        if len(self._waiting) >= EVENTS_WAITING_MAX:
            self.overflow()
        elif not (self._waiting and self._waiting[0] is RESYNC):
            self._waiting.append(text)

    def overflow(self) -> None:
        self._waiting.clear()
        self._waiting.append(RESYNC)

    def peek(self) -> Frame | None:
        return self._waiting[0] if self._waiting else None

    def taken(self) -> None:
        self._waiting.popleft()

    def close(self) -> None:
        self._waiting.clear()


@dataclass(slots=True, eq=False)
class Client:
    """One socket. `send` hands text to the transport, `drop` closes with a code."""

    send: Callable[[str], Awaitable[None]]
    drop: Callable[[int], Awaitable[None]]
    credentials: Credentials
    window: Window
    subscriptions: dict[int, Subscription] = field(default_factory=dict)
    asked: dict[int, dict[str, object]] = field(default_factory=dict)
    is_closed: bool = False
    _replies: deque[tuple[str, int]] = field(default_factory=deque)
    _beat: str = ""
    _is_flushing: bool = False
    _again: bool = False

    def reply(self, text: str) -> None:
        """A frame for this client alone, before everything else."""
        self._replies.append((text, len(text)))

    def refuse(self, sub: int, code: str, message: str) -> None:
        self.reply(frame("error", code=code, message=message).text(sub))

    def beat(self, text: str, ts_ms: int) -> None:
        """The heartbeat is due: within each stream, or alone when there is none."""
        fleets = [one for one in self.subscriptions.values() if isinstance(one, FleetSubscription)]
        for fleet in fleets:
            fleet.beat(ts_ms)
        self._beat = "" if fleets else text

    def remove(self, sub: int) -> Subscription | None:
        self.asked.pop(sub, None)
        found = self.subscriptions.pop(sub, None)
        if found is not None:
            found.close()
        return found

    def close(self) -> None:
        self.is_closed = True
        for sub in list(self.subscriptions):
            self.remove(sub)
        self._replies.clear()

    async def flush(self) -> None:
        """Send as much as the window lets through. Callers may overlap: one sends, the others only leave word."""
        self._again = True
        if self._is_flushing:
            return
        self._is_flushing = True
        try:
            while self._again and not self.is_closed:
                self._again = False
                await self._send_all()
        except Exception:
            log.exception("live feed: a client could not be written to")
            await self.drop(CLOSE_FAULT)  # a frame is lost, so that nothing after it would be right
        finally:
            self._is_flushing = False
        if len(self._replies) > REPLIES_WAITING_MAX and not self.is_closed:
            await self.drop(CLOSE_FLOOD)

    async def _send_all(self) -> None:
        self.window.is_blocking = False
        while not self.is_closed and (text := self._next()) is not None:
            self.window.send(len(text), monotonic_s())
            await self.send(text)

    def _next(self) -> str | None:
        """The next text that fits, taken from where it waited; None when there is none or no room."""
        if self._replies:
            text, size = self._replies[0]
            if not self.window.fits(size):
                return None
            self._replies.popleft()
            return text
        for one in list(self.subscriptions.values()):
            following = one.peek()
            if following is None:
                continue
            if not self.window.fits(following.size_bytes(one.id)):
                return None
            one.taken()
            return following.text(one.id)
        if self._beat and self.window.fits(len(self._beat)):
            beat, self._beat = self._beat, ""
            return beat
        return None
