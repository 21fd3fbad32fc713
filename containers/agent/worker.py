"""One held host: its threads that observe, ping, listen and measure, and the crew that does the steps.

Before: share.py took the host. After: rows. The compare every few seconds is the truth; events of the engine and
hints of the database only make it sooner.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError

from containers.agent.crew import Crew
from containers.agent.facts import Machine
from containers.agent.hands import Hands
from containers.agent.identity import identify
from containers.agent.observe import Cluster, condition_word, look, urgent_rows, waiting_rows
from containers.agent.pings import PingJudge, words
from containers.agent.plan import (
    DONE_PREFIX,
    LIVE_PREFIX,
    Do,
    Step,
    Wanted,
    lacks_most,
    owner_of_name,
    plan,
    plan_silent,
    plan_wishes,
    stayed_ready,
)
from containers.agent.probes import Prober
from containers.agent.stats import Measurer
from containers.states import Desired, Status
from core.lib.brief import database_visit
from core.lib.clock import monotonic_s
from core.lib.lease import HoldLost
from hosts.conditions import set_condition, set_reachable, set_responsive
from hosts.engine.errors import Deadline, EngineError
from hosts.states import Reachable, Responsive

log = logging.getLogger(__name__)

FACTS_EVERY_S = 30.0
IDENTIFY_EVERY_S = 30.0
EVENTS_AGAIN_S = 1.0
FRESH_EVERY_S = 1.0
TOGETHER = 100  # in one transaction
TOGETHER_MOST = 300  # what is preparing must come up within its deadline, also when another agent takes over
WRITE_AGAIN_S = 10.0  # a word of which we have not seen for so long that it stands; it may be another hand's by now


class HostWorker:
    """Speaks for one host while it is held. `on_lost` is called once when the hold has passed to another agent."""

    def __init__(self, hands: Hands, *, on_lost: Callable[[], None]) -> None:
        self.prober = Prober(hands, guarded=self._guarded)
        self._measurer, self._machine = Measurer(hands), Machine(hands)
        self._version: int | None = None  # of the host's row, as the last compare saw it
        self.hands = replace(hands, on_probed=self.prober.add, on_running=self._measurer.came_up)
        self.on_lost = on_lost
        self.crew = Crew(self.hands, on_done=self._hands_free, on_failed=self.wake, on_lost=self._lost)
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._compare_at_s = 0.0
        self._passed_over = False  # a row that shall stop was in somebody's hands when we last looked
        self._stands: dict[str, tuple[float, str | None]] = {}  # the words on the host's row: when we knew them last
        self._introduced = threading.Event()  # the engine is this host's, as far as we know
        self._identify_at_s = self._facts_at_s = self._sample_at_s = 0.0
        self._threads = [
            threading.Thread(target=self._guarded, args=(body,), name=f"{body.__name__}-{hands.host_name}", daemon=True)
            for body in (self._turns, self._pings, self._events, self._measures)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Look at the rows soon."""
        self._wake.set()

    def _hands_free(self) -> None:
        """Look again when something waits for the hands that are free now."""
        if self._passed_over:
            self.wake()

    def compare_soon(self) -> None:
        """Look at the engine soon."""
        self._compare_at_s = 0.0
        self._wake.set()

    def stop(self, *, wait: bool) -> None:
        """End the threads; with `wait`, let steps under way finish."""
        self._stopping.set()
        self._wake.set()
        self.prober.close()
        self.crew.dismiss(wait=wait)
        self.hands.engine.close()
        for thread in self._threads:
            if wait and thread.is_alive() and thread is not threading.current_thread():
                thread.join(timeout=5)
        if wait:
            self.prober.join(timeout_s=5)

    def _lost(self) -> None:
        if not self._stopping.is_set():
            self._stopping.set()
            self._wake.set()
            self.prober.close()
            self.on_lost()

    def _guarded(self, body: Callable[[], None]) -> None:
        """Call a body again and again until the end; what it raises is logged and never ends the thread."""
        while not self._stopping.is_set():
            try:
                body()
            except HoldLost as error:
                log.warning("%s", error)
                self._lost()
            except EngineError as error:
                log.info("%s: %s: %s", self.hands.host_name, body.__name__.strip("_"), error)
            except DatabaseError as error:
                log.warning("%s: the database does not answer: %s", self.hands.host_name, str(error).strip())
            except Exception:
                log.exception("%s: %s failed, going on", self.hands.host_name, body.__name__)
            self._stopping.wait(0.2)

    # observe, plan, apply

    def _turns(self) -> None:
        if not self._introduced.is_set():
            self._introduce()
        while self._introduced.is_set() and not self._stopping.is_set():
            self._wake.wait(max(0.0, self._compare_at_s - monotonic_s()))
            self._wake.clear()
            if self._stopping.is_set():
                return
            if monotonic_s() >= self._compare_at_s:
                self._compare()
            else:
                self._obey()

    def _obey(self) -> None:
        """What the rows call for by themselves: the quick answer to a hint."""
        self._passed_over = True  # until we know: a step that ends meanwhile must not be missed
        rows = urgent_rows(self.hands.host_id)
        busy = self.crew.busy_since(monotonic_s())
        self._passed_over = any(row.desired != Desired.RUN for key, row in rows.items() if key in busy)
        self._take(plan_wishes(rows.values(), busy), rows)

    def _take(self, steps: Sequence[Step], rows: Mapping[UUID, Wanted]) -> None:
        """Give the steps to the crew. New ones of a batch are moved to preparing together, one alone by its hands."""
        fresh = [step.id for step in steps if step.do == Do.BRING_UP and rows[step.id].status == Status.BOUND]
        if len(fresh) > 1:
            self.hands.check()
            for start in range(0, min(len(fresh), TOGETHER_MOST), TOGETHER):
                self.hands.prepare(fresh[start : start + TOGETHER])
        self.crew.take(steps)

    def _introduce(self) -> None:
        """First contact: who is it, what has it got. Nothing is done on an engine that is not this host's."""
        asked_s = monotonic_s()
        try:
            ours = self._is_ours()
            if ours:
                self._machine.look(version=self._version)
        except EngineError:
            self._give_up(asked_s, why="the engine gave no answer")
            raise
        if ours:
            self._facts_at_s = monotonic_s() + FACTS_EVERY_S
            self._introduced.set()
            return
        self._give_up(asked_s, why="the engine at its address was not this host's")
        self._stopping.wait(settings.COMPARE_S)

    def _is_ours(self) -> bool:
        """Ask who it is and write that down. When it is another, nothing is done there until it is introduced again."""
        verdict = identify(self.hands)
        self._condition("marker", bad=not verdict.ours, message=verdict.message)
        self._identify_at_s = monotonic_s() + IDENTIFY_EVERY_S
        if not verdict.ours:
            self._introduced.clear()
            self.prober.forget_all()
            log.warning("%s: %s", self.hands.host_name, verdict.message)
        return verdict.ours

    def _give_up(self, asked_s: float, *, why: str) -> None:
        """What waits too long for an engine that is of no use to it."""
        rows = waiting_rows(self.hands.host_id)
        self.crew.take(plan_silent(rows.values(), self.crew.busy_since(asked_s), why=why))

    def _compare(self) -> None:
        self._compare_at_s = monotonic_s() + settings.COMPARE_S
        asked_s = monotonic_s()
        try:
            facts = self.hands.engine.list(labels=Cluster(self.hands.cluster).filter)
        except EngineError as error:
            self._give_up(asked_s, why="the engine gave no answer")
            self._note_responsive(error)
            raise
        (self._version, stands), rows = look(self.hands.host_id, facts)
        self._stands |= {name: (asked_s, word) for name, word in stands.items()}
        ago_s = monotonic_s() - asked_s
        if (monotonic_s() >= self._identify_at_s or lacks_most(rows.values(), facts)) and not self._is_ours():
            return
        touched = self.crew.busy_since(asked_s)
        made = plan(rows, facts, touched)
        self._take(made.steps, rows)
        self._measurer.runs([row.id for row in rows.values() if row.status == Status.RUNNING], touched=touched)
        self.prober.watch(row.id for row in rows.values() if row.probed and row.desired == Desired.RUN)
        self._note_responsive(None)
        stayed = stayed_ready(rows.values(), facts, ago_s=ago_s)
        if stayed:
            self.hands.note_stayed_ready(stayed)
        names = ", ".join(made.unknown[:20])
        message = f"{len(made.unknown)} containers bear our label and are in no row: {names}" if made.unknown else ""
        self._condition("quarantine", bad=bool(made.unknown), message=message)

    def _note_responsive(self, error: EngineError | None) -> None:
        if error is not None and not isinstance(error, Deadline):
            return
        to = Responsive.OK if error is None else Responsive.SLOW
        message = "a full list came in time" if error is None else f"no list within its deadline. {error.words}"
        if self._is_news("responsive", to):
            with database_visit():
                set_responsive(self.hands.host_id, to, message=message, actor=self.hands.actor, hold=self.hands.hold)
            self._stands["responsive"] = (monotonic_s(), to)

    def _is_news(self, name: str, word: str) -> bool:
        """Another word than the one that stands, whoever wrote it; also when we have not looked for a while."""
        known_s, stands = self._stands.get(name, (0.0, None))
        return word != stands or monotonic_s() - known_s > WRITE_AGAIN_S

    def _condition(self, name: str, *, bad: bool, message: str) -> None:
        word = condition_word(bad=bad, message=message)
        if self._is_news(name, word):
            host, actor, hold = self.hands.host_id, self.hands.actor, self.hands.hold
            with database_visit():
                set_condition(host, name, bad=bad, message=message, actor=actor, hold=hold)
            self._stands[name] = (monotonic_s(), word)

    # the other threads

    def _pings(self) -> None:
        judge = PingJudge(settings.HOST_SUSPECT_AFTER_S)
        word: Reachable | None
        written: Reachable | None = None
        while not self._stopping.wait(settings.HOST_PING_S if written == Reachable.OK else 0.5):
            try:
                self.hands.engine.ping(timeout_s=settings.HOST_PING_TIMEOUT_S)
                word, message = judge.answered(monotonic_s()), "the engine answers"
            except EngineError as error:
                word, message = judge.failed(error, monotonic_s()), words(error)
            if word is not None:
                self.prober.engine(answers=word == Reachable.OK)
            if word is None or (word == Reachable.OK and not self._introduced.is_set()):
                continue
            if word != written or self._is_news("reachable", word):
                self._write_reachable(word, message)
                written = word

    def _write_reachable(self, word: Reachable, message: str) -> None:
        self.hands.check()
        with database_visit():
            changed = set_reachable(
                self.hands.host_id, word, message=message, actor=self.hands.actor, hold=self.hands.hold
            )
        self._stands["reachable"] = (monotonic_s(), word)
        if changed and word == Reachable.OK:
            self._identify_at_s = 0.0
            self.compare_soon()

    def _events(self) -> None:
        """An end is looked at straight away; anything else only makes the next compare sooner."""
        if not self._introduced.wait(1.0):
            return
        for event in self.hands.engine.events(since=None, cancel=self._stopping):
            if not self._introduced.is_set():
                return
            row_id = owner_of_name(event.container_name)
            if event.action == "die" and row_id is not None and not event.container_name.startswith(DONE_PREFIX):
                self.crew.take([Step(Do.FINISH, row_id, "the engine says it died")])
            elif event.container_name.startswith(LIVE_PREFIX) and event.action in ("oom", "destroy", "health_status"):
                self.compare_soon()
        self._stopping.wait(EVENTS_AGAIN_S)

    def _measures(self) -> None:
        """Each time is noted before its call: one that fails, again and again, keeps the other from nothing."""
        if not self._introduced.wait(1.0):
            return
        while self._introduced.is_set() and not self._stopping.is_set():
            if monotonic_s() >= self._facts_at_s:
                self._facts_at_s = monotonic_s() + FACTS_EVERY_S
                self._machine.look(version=self._version)
            if monotonic_s() >= self._sample_at_s:
                self._sample_at_s = monotonic_s() + settings.SAMPLE_S
                self._measurer.everything()
            elif not self.crew.has_much_to_do:
                self._measurer.fresh()
            self._stopping.wait(FRESH_EVERY_S)
