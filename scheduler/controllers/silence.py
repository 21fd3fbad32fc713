"""What silence means: from the leader's own probes to "this host is lost". Pure.

Before: the agent doubts a host, probe.py asks it. After: hosthealth writes the word and replaces containers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from hosts.states import Reachable

DOUBTED = (Reachable.SUSPECT, Reachable.REFUSED)


class Answer(StrEnum):
    """What a probe found. A host that answers with the wrong certificate is not silent."""

    OK = "ok"
    SILENT = "silent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class HostSeen:
    id: int
    name: str
    reachable: str
    lost_lately: bool = False
    damped: bool = False  # its condition "flapping" is bad
    answers_s: float | None = None  # for how long it has answered; None: it does not


@dataclass(slots=True)
class Doubt:
    """What this leader found out about one doubted host; seconds of its own clock."""

    since_s: float  # begin of the first probe of an unbroken row without an answer
    silent_since_s: float | None = None  # begin of the first silent one since the last refusal; None: refused last
    answered: bool = False
    probes: int = 0


@dataclass(slots=True)
class Doubts:
    """The row of probes of each doubted host."""

    by_host: dict[int, Doubt] = field(default_factory=dict)

    def keep_only(self, hosts: Iterable[int]) -> None:
        """A host that its agent no longer doubts starts anew the next time."""
        for gone in self.by_host.keys() - set(hosts):
            del self.by_host[gone]

    def note(self, host: int, answer: Answer, *, began_s: float) -> None:
        doubt = self.by_host.get(host)
        if doubt is None or answer == Answer.OK or doubt.answered:
            doubt = self.by_host[host] = Doubt(began_s, answered=answer == Answer.OK)
        doubt.probes += 1
        if answer == Answer.REFUSED:
            doubt.silent_since_s = None  # somebody is there: silence begins anew
        elif doubt.silent_since_s is None:
            doubt.silent_since_s = began_s


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds of silence to this leader, after the agent had its own."""

    silent_s: float
    refused_s: float


@dataclass(frozen=True, slots=True)
class Plan:
    lost: tuple[tuple[HostSeen, str], ...] = ()
    braked: str = ""


def plan(hosts: Sequence[HostSeen], doubts: Mapping[int, Doubt], now_s: float, within: Limits) -> Plan:
    """Which hosts are lost now. Pure; `now_s` on the clock of the doubts.

    A host that was lost a moment ago still counts as silent: the fleet may fall silent one by one.
    """
    lost = []
    for host in hosts:
        doubt = doubts.get(host.id)
        if host.reachable not in DOUBTED or doubt is None or doubt.answered or not doubt.probes:
            continue
        words = _loss(host, doubt, now_s, within)
        if words:
            lost.append((host, words))
    doubted = [host for host in hosts if host.reachable in DOUBTED or host.lost_lately]
    judged = doubted + [host for host in hosts if host.reachable == Reachable.OK]
    if lost and 2 * len(doubted) > len(judged):
        words = f"{len(doubted)} of {len(judged)} hosts do not answer: none is declared lost, the fault may be ours"
        return Plan(braked=words)
    return Plan(tuple(lost))


def _loss(host: HostSeen, doubt: Doubt, now_s: float, within: Limits) -> str:
    """Why it is lost, "" while it is not: silent since the last refusal, or for long without any answer."""
    down_s = now_s - doubt.since_s
    refused = doubt.silent_since_s is None or host.reachable == Reachable.REFUSED
    silent_s = 0.0 if doubt.silent_since_s is None else now_s - doubt.silent_since_s
    if down_s < within.refused_s and (refused or silent_s < within.silent_s):
        return ""
    words, for_s = ("its engine refused connections", down_s) if refused else ("its engine was silent", silent_s)
    return f"{words} to its agent, and to the scheduler for {for_s:.0f} s more"
