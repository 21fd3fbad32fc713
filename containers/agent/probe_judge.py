"""What answers to probes mean for the health of a host's containers. Pure but for its memory; times are monotonic.

Before: probe_wire.py brings the answers. After: probes.py writes what changed. A single container is judged by its own
answers; when most of a host falls silent at once, nobody is called unhealthy: it may be the way to them.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from containers.spec import HealthCheck
from containers.states import Health

QUICK_S = 1.0  # between two questions to one that is still starting
FEW = 3  # so many fall silent together before it may be the way to them
DARK_WORDS = "most of this host's containers fell silent at once; look at the way to the host, and at the host itself"


class Answer(StrEnum):
    """A wrong answer is one too: it shows that the way to the container works."""

    GOOD = "good"
    WRONG = "wrong"
    SILENCE = "silence"  # refused, closed, timed out: nothing came


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back, and in words what was asked and answered."""

    answer: Answer
    words: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    health: Health
    message: str = ""


@dataclass(slots=True)
class _Standing:
    check: HealthCheck
    started_s: float
    verdict: Verdict
    failures: int = 0
    silent_s: float | None = None  # since when nothing came; None: something came, or nothing was asked yet
    lost: bool = False  # it was well when its silence began
    answered_s: float = -math.inf

    @property
    def coming_until_s(self) -> float:
        """Failures before do not count, until the first good answer. Not less than one interval: as long as the
        engine waits with its own first check."""
        return self.started_s + max(self.check.start_period_s, self.check.interval_s)


class Judge:
    """Of one host. `engine_answers`: whether the host itself is heard of; while it is not, silence means nothing."""

    def __init__(self) -> None:
        self._all: dict[UUID, _Standing] = {}
        self._dark_s: float | None = None  # since when most are silent, told by the first of them
        self._entered_s = 0.0
        self._engine_answers = True

    def begin(self, container_id: UUID, check: HealthCheck, *, health: str, started_s: float) -> None:
        """Judge this one too; `health` is what its row says."""
        known = Health(health) if health != Health.NONE else Health.STARTING
        self._all[container_id] = _Standing(check, started_s, Verdict(known))

    def forget(self, container_id: UUID) -> None:
        self._all.pop(container_id, None)

    def engine(self, *, answers: bool) -> None:
        """The host's engine is heard of, or not. Those that became unknown meanwhile are counted anew."""
        if answers and not self._engine_answers:
            self._count_anew()
        self._engine_answers = answers

    def pause_s(self, container_id: UUID, now_s: float) -> float:
        """Until the next question: short until the first good answer of one that starts, then its interval."""
        one = self._all[container_id]
        interval_s = float(one.check.interval_s)
        is_starting = one.verdict.health == Health.STARTING and now_s < one.coming_until_s
        return min(QUICK_S, interval_s) if is_starting else interval_s

    def hear(self, container_id: UUID, heard: Heard, now_s: float) -> Verdict:
        """What this answer makes of the container."""
        one = self._all[container_id]
        if heard.answer == Answer.SILENCE:
            self._fell_silent(one, now_s)
        else:
            one.silent_s, one.lost, one.answered_s = None, False, now_s
        self._look_for_light()
        if heard.answer == Answer.GOOD:
            one.failures, one.verdict = 0, Verdict(Health.HEALTHY)
        else:
            one.verdict = self._failed(one, heard, now_s)
        return one.verdict

    def _failed(self, one: _Standing, heard: Heard, now_s: float) -> Verdict:
        if one.verdict.health == Health.STARTING and now_s < one.coming_until_s:
            return one.verdict
        one.failures += 1
        if one.failures < one.check.retries:
            return one.verdict
        why = self._why_silence_means_nothing(one) if heard.answer == Answer.SILENCE else ""
        if why:
            return Verdict(Health.UNKNOWN, f"{why}. {heard.words}")
        return Verdict(Health.UNHEALTHY, heard.words)

    def _why_silence_means_nothing(self, one: _Standing) -> str:
        if not self._engine_answers:
            return "nothing is heard of its host, not even of its engine; look at the host"
        since_s = one.silent_s if one.silent_s is not None else math.inf
        return DARK_WORDS if self._dark_s is not None and since_s >= self._dark_s else ""

    # most of a host at once

    def _fell_silent(self, one: _Standing, now_s: float) -> None:
        if one.silent_s is not None:
            return
        one.silent_s = now_s
        one.lost = one.verdict.health in (Health.HEALTHY, Health.UNKNOWN)
        if one.lost and self._dark_s is None:
            self._look_for_dark(one, now_s)

    def _look_for_dark(self, newest: _Standing, now_s: float) -> None:
        """Those that fell silent in the same round, against those that were heard since the first of them did."""
        together = [s.silent_s for s in self._all.values() if s.silent_s is not None and _same_round(s, newest, now_s)]
        first_s = min(together)
        heard = sum(s.silent_s is None and s.answered_s > first_s for s in self._all.values())
        if len(together) >= FEW and len(together) > heard:
            self._dark_s, self._entered_s = first_s, now_s

    def _look_for_light(self) -> None:
        """As many are heard again as are silent: what is silent still is so for its own reasons, counted anew."""
        if self._dark_s is None:
            return
        silent = sum(s.lost and s.silent_s is not None and s.silent_s >= self._dark_s for s in self._all.values())
        heard = sum(s.silent_s is None and s.answered_s > self._entered_s for s in self._all.values())
        if heard >= silent:
            self._dark_s = None
            self._count_anew()

    def _count_anew(self) -> None:
        for one in self._all.values():
            if one.verdict.health == Health.UNKNOWN:
                one.failures = 0


def _same_round(one: _Standing, newest: _Standing, now_s: float) -> bool:
    """Within one round of both every container is asked once, and has answered or timed out."""
    round_s = max(s.check.interval_s + s.check.timeout_s for s in (one, newest))
    return one.lost and one.silent_s is not None and now_s - one.silent_s <= round_s
