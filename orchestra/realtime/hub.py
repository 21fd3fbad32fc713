"""The hub: one in each web process. Hears hints, reads the rows once, tells all clients.

Before: core.lib.notify rings, or the timer is due. After: clients flush. A hint is never an input: whatever it says,
the same read finds what changed, so that a lost hint delays by one poll at most and loses nothing.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from django.db import DatabaseError, connections

from core.lib.clock import monotonic_s, utc_now
from core.lib.notify import Hints, Listener, merge
from orchestra.realtime import history, objects, reading
from orchestra.realtime.access import Topic
from orchestra.realtime.client import Client, EventSubscription, FleetSubscription, ObjectSubscription
from orchestra.realtime.fleet import Fleet
from orchestra.realtime.messages import Frame, frame, holding, lone_beat
from orchestra.realtime.watch import recheck

HEARTBEAT_S = 2.0
POLL_S = 2.0
WHOLE_S = 60.0
GATHER_S = 0.02
GATHER_MOST_S = 0.25
USAGE_EVERY_S = 0.25
USAGE_SWEEP_S = 5.0
SAMPLES_LATE_MS = 300
"""As a rule a sample commits so soon after its id was taken: look back so far each time, further with the sweep."""
SAMPLES_LATEST_MS = 6_000
RECHECK_S = 30.0
BLIND_AFTER_S = 6.0
"""Without a good read for so long we do not know the truth, and send no heartbeat that would claim it."""
STREAM_LINGER_S = 30.0
FLEET_HINTS = ("container", "host", "service")
CLOSE_STALLED = 4008

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Object:
    """One object topic: when it was last different, and its text for those who come later."""

    stamp: objects.Stamp | None
    text: Frame


class Hub:
    """Everything here runs in the event loop but for the reads, which have a small pool of threads."""

    def __init__(self, *, poll_s: float = POLL_S, listen: bool = True) -> None:
        self.clients: set[Client] = set()
        self.fleet = Fleet()
        self._poll_s = poll_s
        self._listen = listen
        self._loop = asyncio.get_running_loop()
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="hub")
        self._listener: Listener | None = None
        self._wake = asyncio.Event()
        self._lock = threading.Lock()
        self._reading = asyncio.Lock()  # one read after the other: what is told never goes back
        self._polled_s = float("-inf")
        self._heard: Hints = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._mark: int | None = None
        self._whole_s = float("-inf")
        self._usage_id = 0
        self._usage_due = False
        self._usage_read_s = float("-inf")
        self._usage_swept_s = float("-inf")
        self._told: history.Told | None = None
        self._objects: dict[Topic, _Object] = {}
        self._good_read_s = monotonic_s()
        self._unwatched_s: dict[int | None, float] = {}

    # --- life ---

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._read_for_ever()), asyncio.create_task(self._beat_for_ever())]
        if self._listen:
            self._listener = Listener(self._on_hint, self._on_gap, name="hub-listener")
            self._listener.start()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._listener is not None:
            await asyncio.to_thread(self._listener.stop)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def in_thread(self, call: Callable[..., T], *args: Any) -> T:
        """Run a read in a thread of ours; its database connection goes back at the end."""
        return await self._loop.run_in_executor(self._threads, _closing, call, args)

    # --- hints; called in the listener's thread ---

    def _on_hint(self, hints: Hints) -> None:
        with self._lock:
            merge(self._heard, dict.fromkeys(hints, True))
        self._loop.call_soon_threadsafe(self._wake.set)

    def _on_gap(self) -> None:
        self._on_hint(dict.fromkeys((*FLEET_HINTS, "sample", "event", "account", "gap"), True))

    # --- subscriptions ---

    async def add_fleet(self, client: Client, sub: int, topic: Topic) -> None:
        """Begin with a snapshot of what is there now: while nobody watched, nothing was read."""
        async with self._reading:
            await self._read_fleet(count=True)
            await self._read_usage({"sample": True})
            stream = self.fleet.stream(topic.project_id)
        self._unwatched_s.pop(topic.project_id, None)
        client.subscriptions[sub] = FleetSubscription(sub, topic, stream, monotonic_s(), _now_ms())

    async def add_object(self, client: Client, sub: int, topic: Topic) -> None:
        """Begin with the object as it is."""
        watching = ObjectSubscription(sub, topic)
        client.subscriptions[sub] = watching
        async with self._reading:
            stamps = await self.in_thread(objects.read_stamps, [topic])
            await self._tell_object(topic, stamps[topic], anew=watching)

    async def add_events(self, client: Client, sub: int, topic: Topic) -> None:
        """From now on."""
        async with self._reading:
            if self._told is None:
                self._told = await self.in_thread(history.begin)
        client.subscriptions[sub] = EventSubscription(sub, topic)

    # --- the loop that reads ---

    async def _read_for_ever(self) -> None:
        gather_s = GATHER_S
        while True:
            began_s = monotonic_s()
            try:
                await self._turn()
            except DatabaseError as error:
                log.warning("live feed: the database does not answer: %s", str(error).strip())
                self._whole_s = float("-inf")
                await asyncio.sleep(0.5)
            except Exception:
                log.exception("live feed: a turn failed")
                self._whole_s = float("-inf")
                await asyncio.sleep(1.0)
            # Under load more hints are gathered, so that reading never takes more than a third of the time.
            gather_s = min(max(GATHER_S, 2 * (monotonic_s() - began_s)), GATHER_MOST_S)
            await asyncio.sleep(gather_s)
            await self._wait()

    async def _wait(self) -> None:
        timeout_s = self._poll_s
        if self._usage_due:
            timeout_s = min(timeout_s, max(0.0, self._usage_read_s + USAGE_EVERY_S - monotonic_s()))
        try:
            await asyncio.wait_for(self._wake.wait(), timeout_s)
        except TimeoutError:
            return

    async def _turn(self) -> None:
        self._wake.clear()
        with self._lock:
            heard, self._heard = self._heard, {}
        if "gap" in heard:
            self._whole_s = float("-inf")
        began_s = monotonic_s()
        is_due = began_s - self._polled_s >= self._poll_s
        async with self._reading:
            await self._read(heard, is_due=is_due)
        if is_due:
            await self.in_thread(_ask_nothing)
            self._polled_s = self._good_read_s = began_s
            self._close_unwatched(began_s)
        if "account" in heard:
            await recheck(self, list(self.clients))
        await self.flush_all()

    async def _read(self, heard: Hints, *, is_due: bool) -> None:
        """What the hints name, and everything when the poll is due."""
        is_fleet = is_due or any(kind in heard for kind in FLEET_HINTS)
        if self._mark is not None and self._topics(FleetSubscription):
            if is_fleet:
                await self._read_fleet(count=is_due)
            await self._read_usage(heard)
        else:
            self._usage_due = False  # nobody watches
        if is_fleet and (topics := self._topics(ObjectSubscription)):
            await self._read_objects(topics)
        if self._told is not None and (is_due or "event" in heard):
            await self._read_events()

    async def _read_fleet(self, *, count: bool = False) -> None:
        now_s = monotonic_s()
        is_whole = self._mark is None or now_s - self._whole_s > WHOLE_S
        read = await self.in_thread(partial(reading.read_fleet, None if is_whole else self._mark, count=count))
        if read.whole:
            self._whole_s = now_s
        self.fleet.take(read, ts_ms=_now_ms())
        self._mark = read.mark
        if read.there not in (None, self.fleet.known) and not read.whole:
            self._whole_s = float("-inf")  # rows were deleted
            await self._read_fleet()

    async def _read_usage(self, heard: Hints) -> None:
        """Read and tell what was measured, at most every quarter of a second: a large fleet rings all the time."""
        now_s = monotonic_s()
        is_sweep = now_s - self._usage_swept_s > USAGE_SWEEP_S
        self._usage_due = self._usage_due or "sample" in heard
        if not (is_sweep or (self._usage_due and now_s - self._usage_read_s >= USAGE_EVERY_S)):
            return
        late_ms = SAMPLES_LATEST_MS if is_sweep else SAMPLES_LATE_MS
        read = await self.in_thread(partial(reading.read_usage, self._usage_id, late_ms=late_ms))
        self._usage_id, self._usage_read_s, self._usage_due = read.last_id, now_s, False
        self.fleet.measure(read)
        if is_sweep:
            self._usage_swept_s = now_s
            self.fleet.forget_old(now_s)
        self.fleet.tell_measured(ts_ms=_now_ms())

    async def _read_objects(self, topics: set[Topic]) -> None:
        self._objects = {topic: kept for topic, kept in self._objects.items() if topic in topics}
        for topic, stamp in (await self.in_thread(objects.read_stamps, topics)).items():
            kept = self._objects.get(topic)
            if kept is None or kept.stamp != stamp:
                await self._tell_object(topic, stamp)

    async def _tell_object(
        self, topic: Topic, stamp: objects.Stamp | None, *, anew: ObjectSubscription | None = None
    ) -> None:
        """Write the object once for all who watch it; `anew`: for this one only, when nothing is different."""
        kept = self._objects.get(topic)
        if kept is None or kept.stamp != stamp:
            text = await self.in_thread(objects.read_object, topic)
            gone = frame("error", code="gone", message="this object does not exist any more")
            kept = self._objects[topic] = _Object(stamp, gone if text is None else holding("obj", "object", text))
            anew = None
        for one in self._watching(topic) if anew is None else [anew]:
            one.offer(kept.text)

    async def _read_events(self) -> None:
        topics = self._topics(EventSubscription)
        if self._told is None or not topics:
            self._told = None
            return
        news = await self.in_thread(history.read_news, self._told, topics)
        for client in self.clients:
            for one in client.subscriptions.values():
                if isinstance(one, EventSubscription):
                    if news.overflow:
                        one.overflow()
                    for text in news.texts.get(one.topic, []):
                        one.offer(holding("event", "event", text))

    def _topics(self, kind: type) -> set[Topic]:
        return {one.topic for client in self.clients for one in client.subscriptions.values() if isinstance(one, kind)}

    def _watching(self, topic: Topic) -> Iterable[ObjectSubscription]:
        for client in self.clients:
            for one in client.subscriptions.values():
                if isinstance(one, ObjectSubscription) and one.topic == topic:
                    yield one

    def _close_unwatched(self, now_s: float) -> None:
        """A stream that nobody watches goes after a while; without any, the fleet is not read any more."""
        watched = {topic.project_id for topic in self._topics(FleetSubscription)}
        for project_id, stream in list(self.fleet.streams.items()):
            stream.forget_snapshot(now_s)
            if project_id in watched:
                self._unwatched_s.pop(project_id, None)
            elif now_s - self._unwatched_s.setdefault(project_id, now_s) > STREAM_LINGER_S:
                self.fleet.close_stream(project_id)
                self._unwatched_s.pop(project_id, None)
        if not self.fleet.streams and not watched:
            self.fleet, self._mark, self._usage_id = Fleet(), None, 0
            self._usage_swept_s = float("-inf")

    # --- the loop that beats ---

    async def _beat_for_ever(self) -> None:
        checked_s = monotonic_s()
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            now_s = monotonic_s()
            try:
                await self._beat(now_s)
                if now_s - checked_s >= RECHECK_S:
                    checked_s = now_s
                    await recheck(self, list(self.clients))
            except Exception:
                log.exception("live feed: a beat failed")

    async def _beat(self, now_s: float) -> None:
        for client in list(self.clients):
            if client.window.is_stalled(now_s):
                await client.drop(CLOSE_STALLED)
        if now_s - self._good_read_s < BLIND_AFTER_S:
            ts_ms = _now_ms()
            for client in self.clients:
                client.beat(lone_beat(ts_ms), ts_ms)
            await self.flush_all()

    async def flush_all(self) -> None:
        for number, client in enumerate(list(self.clients)):
            await client.flush()
            if number % 100 == 99:
                await asyncio.sleep(0)


def _closing(call: Callable[..., T], args: tuple[Any, ...]) -> T:
    try:
        return call(*args)
    finally:
        connections.close_all()


def _ask_nothing() -> None:
    """Nobody watches rows: still know whether the database answers, since the heartbeat says so."""
    connections["default"].ensure_connection()


def _now_ms() -> int:
    return int(utc_now().timestamp() * 1000)


_hub: Hub | None = None


def the_hub() -> Hub:
    """The hub of this process's event loop; the first caller starts it."""
    global _hub  # noqa: PLW0603 - one per process is what it is for
    if _hub is None or _hub._loop is not asyncio.get_running_loop():
        _hub = Hub()
        _hub.start()
    return _hub
