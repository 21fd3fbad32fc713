"""The pools that do a host's steps: a container is in one pair of hands at a time, a frozen engine starves nobody.

Before: worker.py plans. After: apply.py does. Four pools, so that no kind of step waits behind a slower one: what comes
up, what must be pulled first (minutes), what shall stop (its whole grace), and what only needs a look.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError

from containers.agent.apply import do
from containers.agent.hands import Hands
from containers.agent.images import ImageDesk
from containers.agent.pace import Bucket
from containers.agent.plan import Do, Step
from containers.agent.progress import PullNeeded
from core.lib.clock import monotonic_s
from core.lib.lease import HoldLost
from hosts.engine.errors import NO_ANSWER, EngineError

log = logging.getLogger(__name__)

UP_THREADS = 6  # more concurrent starts only queue inside the engine
PULL_THREADS = 16  # most of them wait for a pull of the same image; the engine itself fetches few layers at once
DOWN_THREADS = 24
LOOK_THREADS = 6


class Crew:
    """Runs steps, one at a time per container; knows which containers were touched since a moment.

    One of `on_done` and `on_failed` is called after every step.
    """

    def __init__(
        self,
        hands: Hands,
        *,
        on_done: Callable[[], None],
        on_failed: Callable[[], None],
        on_lost: Callable[[], None],
    ) -> None:
        self.hands, self.on_done, self.on_failed, self.on_lost = hands, on_done, on_failed, on_lost
        self._desk = ImageDesk()
        self._starts = Bucket(settings.ENGINE_STARTS_PER_S, 2 * settings.ENGINE_STARTS_PER_S)
        self._dismissed = threading.Event()
        self._up = ThreadPoolExecutor(UP_THREADS, thread_name_prefix=f"up-{hands.host_name}")
        self._pull = ThreadPoolExecutor(PULL_THREADS, thread_name_prefix=f"pull-{hands.host_name}")
        self._down = ThreadPoolExecutor(DOWN_THREADS, thread_name_prefix=f"down-{hands.host_name}")
        self._look = ThreadPoolExecutor(LOOK_THREADS, thread_name_prefix=f"look-{hands.host_name}")
        self._guard = threading.Lock()
        self._busy: set[UUID] = set()
        self._touched: dict[UUID, float] = {}

    def busy_since(self, moment_s: float) -> frozenset[UUID]:
        """Containers that were worked on at any time since `moment_s` (monotonic)."""
        with self._guard:
            self._touched = {key: at_s for key, at_s in self._touched.items() if at_s >= moment_s - 60}
            return frozenset(self._busy | {key for key, at_s in self._touched.items() if at_s >= moment_s})

    def take(self, steps: Iterable[Step]) -> int:
        """Start steps whose container nobody works on; how many were started."""
        taken = 0
        for step in steps:
            with self._guard:
                if step.id in self._busy:
                    continue
                self._busy.add(step.id)
            pool = {Do.BRING_UP: self._up, Do.STOP: self._down}.get(step.do, self._look)
            try:
                pool.submit(self._run, step)
            except RuntimeError:  # the crew was dismissed meanwhile
                return taken
            taken += 1
        return taken

    def dismiss(self, *, wait: bool) -> None:
        """Take nothing new; with `wait`, let those at work finish."""
        self._dismissed.set()
        pools = (self._up, self._pull, self._down, self._look)
        for pool in pools:
            pool.shutdown(wait=False, cancel_futures=True)
        if wait:
            for pool in pools:
                pool.shutdown(wait=True)

    @property
    def has_much_to_do(self) -> bool:
        """More containers than it brings up at once: not the moment for what can wait."""
        with self._guard:
            return len(self._busy) > UP_THREADS

    def _run(self, step: Step, *, may_pull: bool = False) -> None:
        after, handed_on = self.on_failed, False
        try:
            if step.do == Do.BRING_UP and not may_pull:
                self._dismissed.wait(self._starts.book(monotonic_s()))
            do(step, self.hands, self._desk, may_pull=may_pull)
            after = self.on_done
        except PullNeeded:
            handed_on = self._hand_on(step)
        except HoldLost as error:
            log.warning("%s; %s is left to its new agent", error, step.do)
            self.on_lost()
        except NO_ANSWER as error:
            log.info("%s: %s of %s waits, the engine gives no answer: %s", self._host, step.do, step.id, error)
        except EngineError as error:
            log.warning("%s: %s of %s failed, trying again: %s", self._host, step.do, step.id, error)
        except DatabaseError as error:
            log.warning("%s: %s of %s waits for the database: %s", self._host, step.do, step.id, str(error).strip())
        except Exception:
            log.exception("%s: %s of %s failed, trying again", self._host, step.do, step.id)
        finally:
            if not handed_on:
                self._let_go(step)
                after()

    def _hand_on(self, step: Step) -> bool:
        """To those who pull; it stays in the crew's hands. False when the crew was dismissed meanwhile."""
        try:
            self._pull.submit(self._run, step, may_pull=True)
        except RuntimeError:
            return False
        return True

    def _let_go(self, step: Step) -> None:
        with self._guard:
            self._busy.discard(step.id)
            self._touched[step.id] = monotonic_s()

    @property
    def _host(self) -> str:
        return self.hands.host_name
