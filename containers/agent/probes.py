"""Asks the containers of one host whether they are well: one thread, one selector, however many they are.

Before: worker.py says which containers run and are to be asked. After: the judge, and rows, of which only changes of
health are written. The thread begins with the first container; a host without probes costs nothing.
"""

import contextlib
import heapq
import itertools
import logging
import random
import selectors
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from containers.agent.hands import Hands
from containers.agent.probe_judge import Heard, Judge, Verdict
from containers.agent.probe_targets import Map, Target
from containers.agent.probe_wire import CannotAsk, Exchange
from containers.states import Health
from core.lib.clock import monotonic_s

log = logging.getLogger(__name__)

AT_ONCE = 100  # questions under way; each holds a file descriptor
AGAIN_S = 60.0  # places are looked up anew: a data address or its name may have changed
ADDED_S = 10.0  # what was just added may be missing in rows that were read a moment before
WRITE_EVERY_S = 0.1  # changes of one moment are one transaction
WRITE_AGAIN_S = 1.0
STALL_S = 0.5  # this thread stood still: that time is nobody's delay but ours
IDLE_S = 60.0
_LOOK = selectors.EVENT_READ


@dataclass(slots=True)
class _Asked:
    """One container that is asked: what its row says as far as we wrote it, when it is asked next."""

    target: Target
    written: str
    due_s: float = 0.0
    exchange: Exchange | None = None


class Prober:
    """`watch`, `add` and `engine` may be called from any thread; everything else happens in its own."""

    def __init__(self, hands: Hands, *, guarded: Callable[[Callable[[], None]], None]) -> None:
        self.hands = hands
        self._guarded = guarded
        self._guard = threading.Lock()
        self._wanted: frozenset[UUID] = frozenset()
        self._added: dict[UUID, float] = {}
        self._engine_answers = True
        self._thread: threading.Thread | None = None
        self._closed = False
        self._bell: socket.socket | None = None
        self._map, self._judge = Map(hands), Judge()
        self._asked: dict[UUID, _Asked] = {}
        self._queue: list[tuple[float, int, UUID]] = []
        self._turn = itertools.count()
        self._flying: dict[UUID, Exchange] = {}
        self._news: dict[UUID, Verdict] = {}
        self._seen: frozenset[UUID] | None = None
        self._look_at_s = self._write_at_s = 0.0
        self._listened_s = monotonic_s()

    # from other threads

    def watch(self, ids: Iterable[UUID]) -> None:
        """These are to be asked, and besides them only what was added a moment ago."""
        with self._guard:
            now_s = monotonic_s()
            self._added = {key: at_s for key, at_s in self._added.items() if now_s - at_s < ADDED_S}
            self._want(frozenset(ids) | self._added.keys())

    def forget_all(self) -> None:
        """Nobody is to be asked."""
        with self._guard:
            self._added = {}
            self._want(frozenset())

    def add(self, container_id: UUID) -> None:
        """This one runs since now."""
        with self._guard:
            self._added[container_id] = monotonic_s()
            self._want(self._wanted | {container_id})

    def engine(self, *, answers: bool) -> None:
        """Whether the host's engine is heard of."""
        with self._guard:
            self._engine_answers = answers

    def close(self) -> None:
        """End the thread soon."""
        with self._guard:
            self._closed = True
            self._ring()

    def join(self, timeout_s: float) -> None:
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout_s)

    def _want(self, ids: frozenset[UUID]) -> None:
        if ids == self._wanted or self._closed:
            return
        self._wanted = ids
        if self._thread is None:
            name = f"_probes-{self.hands.host_name}"
            self._thread = threading.Thread(target=self._guarded, args=(self._probes,), name=name, daemon=True)
            self._thread.start()
        self._ring()

    def _ring(self) -> None:
        if self._bell is not None:
            with contextlib.suppress(BlockingIOError):  # it rings already
                self._bell.send(b"!")

    # its own thread

    def _probes(self) -> None:
        with selectors.DefaultSelector() as selector:
            ear, bell = socket.socketpair()
            with ear, bell:
                ear.setblocking(False)
                bell.setblocking(False)
                selector.register(ear, _LOOK)
                with self._guard:
                    self._bell = bell
                try:
                    self._turns(selector, ear)
                finally:
                    with self._guard:
                        self._bell = None
                    self._put_down_all()

    def _turns(self, selector: selectors.BaseSelector, ear: socket.socket) -> None:
        self._listened_s = monotonic_s()
        while True:
            with self._guard:
                if self._closed:
                    return
                wanted, answers = self._wanted, self._engine_answers
            self._judge.engine(answers=answers)
            self._take_in(wanted, selector)
            self._ask(selector)
            self._listen(selector, ear)
            self._write()

    def _take_in(self, wanted: frozenset[UUID], selector: selectors.BaseSelector) -> None:
        now_s = monotonic_s()
        if wanted == self._seen and now_s < self._look_at_s:
            return
        for key in self._asked.keys() - wanted:
            self._drop(key, selector)
        is_all = now_s >= self._look_at_s
        if is_all:
            self._look_at_s = now_s + AGAIN_S
        found = self._map.read(wanted if is_all else wanted - self._asked.keys())
        for target in found:
            self._meet(target, now_s)
        self._seen = wanted

    def _drop(self, container_id: UUID, selector: selectors.BaseSelector) -> None:
        one = self._asked.pop(container_id)
        if one.exchange is not None:
            self._put_down(one, selector)
        self._judge.forget(container_id)
        self._news.pop(container_id, None)

    def _meet(self, target: Target, now_s: float) -> None:
        known = self._asked.get(target.id)
        if known is not None:
            was, known.target = known.target, target
            if (was.place is None) == (target.place is None):
                return
        one = self._asked[target.id] = known or _Asked(target, target.health)
        if target.place is None:
            self._judge.forget(target.id)
            self._note(one, Verdict(Health.UNKNOWN, target.trouble))
            return
        self._judge.begin(target.id, target.check, health=one.written, started_s=now_s - target.age_s)
        is_new = one.written != Health.HEALTHY  # also one found unhealthy by an agent before us: it may be well by now
        if one.written == Health.NONE:
            self._note(one, Verdict(Health.STARTING))
        self._put_in(one, now_s if is_new else now_s + random.random() * target.check.interval_s)

    def _put_in(self, one: _Asked, due_s: float) -> None:
        one.due_s = due_s
        heapq.heappush(self._queue, (due_s, next(self._turn), one.target.id))

    def _ask(self, selector: selectors.BaseSelector) -> None:
        now_s = monotonic_s()
        while self._queue and self._queue[0][0] <= now_s and len(self._flying) < AT_ONCE:
            due_s, _, key = heapq.heappop(self._queue)
            one = self._asked.get(key)
            if one is not None and one.due_s == due_s and one.exchange is None and one.target.place is not None:
                self._begin(one, selector, now_s)

    def _begin(self, one: _Asked, selector: selectors.BaseSelector, now_s: float) -> None:
        check = one.target.check
        assert check.probe is not None
        assert one.target.place is not None
        try:
            exchange = Exchange(check.probe, one.target.place, timeout_s=check.timeout_s, now_s=now_s)
        except CannotAsk as error:
            log.warning("%s: %s cannot be asked: %s", self.hands.host_name, one.target.id, error)
            self._put_in(one, now_s + 1.0)
            return
        one.exchange = self._flying[one.target.id] = exchange
        selector.register(exchange.socket, exchange.events, one)
        if exchange.ended is not None:
            self._end(one, exchange.ended, selector, now_s)

    def _listen(self, selector: selectors.BaseSelector, ear: socket.socket) -> None:
        wait_s = self._wait_s(monotonic_s())
        ready = selector.select(wait_s)
        now_s = monotonic_s()
        self._forgive(now_s - self._listened_s - wait_s)
        self._listened_s = now_s
        for key, _ in ready:
            if key.fileobj is ear:
                ear.recv(4096)
                continue
            one: _Asked = key.data
            if one.exchange is not None:
                self._advance(one, one.exchange, selector, now_s)
        for container_id in [key for key, exchange in self._flying.items() if exchange.end_s <= now_s]:
            one = self._asked[container_id]
            self._flying[container_id].late()
            self._end(one, self._flying[container_id].ended, selector, now_s)

    def _wait_s(self, now_s: float) -> float:
        """Until something is due: a question, the end of one's time, a write."""
        moments = [exchange.end_s for exchange in self._flying.values()]
        if self._queue and len(self._flying) < AT_ONCE:
            moments.append(self._queue[0][0])
        if self._news:
            moments.append(self._write_at_s)
        moments.append(self._look_at_s if self._asked else now_s + IDLE_S)
        return min(max(min(moments) - now_s, 0.0), IDLE_S)

    def _forgive(self, stall_s: float) -> None:
        """The database was slow, or the process was frozen: answers may lie here unread."""
        if stall_s > STALL_S:
            for exchange in self._flying.values():
                exchange.end_s += stall_s

    def _advance(self, one: _Asked, exchange: Exchange, selector: selectors.BaseSelector, now_s: float) -> None:
        events = exchange.events
        exchange.advance(now_s)
        if exchange.ended is not None:
            self._end(one, exchange.ended, selector, now_s)
        elif exchange.events != events:
            selector.modify(exchange.socket, exchange.events, one)

    def _end(self, one: _Asked, heard: Heard | None, selector: selectors.BaseSelector, now_s: float) -> None:
        assert heard is not None
        self._put_down(one, selector)
        key, was = one.target.id, one.written
        verdict = self._judge.hear(key, heard, now_s)
        self._note(one, verdict)
        pause_s = self._judge.pause_s(key, now_s)
        is_first = verdict.health == Health.HEALTHY and was == Health.STARTING
        spread = random.uniform(0.5, 1.0) if is_first else 1.0  # started together, not asked together
        self._put_in(one, max(one.due_s + pause_s * spread, now_s + min(0.5, pause_s)))

    def _put_down(self, one: _Asked, selector: selectors.BaseSelector) -> None:
        if one.exchange is not None:
            selector.unregister(one.exchange.socket)
            one.exchange.close()
            del self._flying[one.target.id]
            one.exchange = None

    def _put_down_all(self) -> None:
        """The selector is going; those under way are asked again by the next one."""
        for one in self._asked.values():
            if one.exchange is not None:
                one.exchange.close()
                one.exchange = None
                self._put_in(one, monotonic_s())
        self._flying.clear()

    # rows

    def _note(self, one: _Asked, verdict: Verdict) -> None:
        if verdict.health == one.written:
            self._news.pop(one.target.id, None)
        else:
            self._news[one.target.id] = verdict

    def _write(self) -> None:
        now_s = monotonic_s()
        if not self._news or now_s < self._write_at_s:
            return
        news = dict(self._news)
        self._write_at_s = now_s + WRITE_AGAIN_S
        self.hands.check()
        self.hands.note_health({key: (verdict.health, verdict.message) for key, verdict in news.items()})
        self._write_at_s = monotonic_s() + WRITE_EVERY_S
        for key, verdict in news.items():
            self._asked[key].written = verdict.health
            if self._news.get(key) == verdict:
                del self._news[key]
