"""When a host is lost, as a table: both must find it silent, long enough, and never most of the fleet at once."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.controllers.silence import Answer, Doubt, Doubts, HostSeen, Limits, plan

WITHIN = Limits(silent_s=3.0, refused_s=30.0)


def fleet(**words: str) -> list[HostSeen]:
    return [HostSeen(n, name, word) for n, (name, word) in enumerate(words.items(), start=1)]


def lost(hosts: list[HostSeen], doubts: Mapping[int, Doubt], now_s: float) -> list[str]:
    return [host.name for host, _ in plan(hosts, doubts, now_s, WITHIN).lost]


@pytest.mark.parametrize(
    ("word", "doubt", "now_s", "is_lost"),
    [
        ("suspect", Doubt(10, 10, probes=1), 13, True),
        ("suspect", Doubt(10, 10, probes=1), 12.9, False),
        ("suspect", Doubt(10, 10, probes=0), 99, False),  # the leader has not asked yet
        ("suspect", Doubt(10, 10, answered=True, probes=1), 99, False),  # it answers the leader: the agent's fault
        ("suspect", Doubt(10, None, probes=1), 39, False),
        ("suspect", Doubt(10, None, probes=1), 40, True),
        ("refused", Doubt(10, 10, probes=1), 39, False),  # containers outlive their engine
        ("refused", Doubt(10, None, probes=9), 40, True),
        ("ok", Doubt(10, 10, probes=1), 99, False),
        ("lost", Doubt(10, 10, probes=1), 99, False),
        ("unknown", Doubt(10, 10, probes=1), 99, False),
    ],
)
def test_one_doubted_host_of_three(word: str, doubt: Doubt, now_s: float, is_lost: bool) -> None:
    assert lost(fleet(a=word, b="ok", c="ok"), {1: doubt}, now_s) == (["a"] if is_lost else [])


def test_without_a_question_of_our_own_nothing_is_lost() -> None:
    assert lost(fleet(a="suspect", b="ok", c="ok"), {}, 1000) == []


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ({"a": "suspect"}, []),
        ({"a": "suspect", "b": "ok"}, ["a"]),
        ({"a": "suspect", "b": "refused", "c": "ok"}, []),
        ({"a": "suspect", "b": "suspect", "c": "ok", "d": "ok"}, ["a", "b"]),
        ({"a": "suspect", "b": "lost", "c": "ok"}, ["a"]),
        ({"a": "suspect", "b": "unknown", "c": "unknown"}, []),
    ],
)
def test_the_brake(words: dict[str, str], who: list[str]) -> None:
    hosts = fleet(**words)
    doubts = {host.id: Doubt(0, 0, probes=1) for host in hosts}
    planned = plan(hosts, doubts, 5, WITHIN)
    assert [host.name for host, _ in planned.lost] == who
    assert bool(planned.braked) == (not who)


def test_a_fleet_that_falls_silent_one_by_one_is_braked_too() -> None:
    hosts = [HostSeen(1, "a", "lost", lost_lately=True), HostSeen(2, "b", "suspect"), HostSeen(3, "c", "ok")]
    assert plan(hosts, {2: Doubt(0, 0, probes=1)}, 5, WITHIN).braked
    long_ago = [replace(hosts[0], lost_lately=False), *hosts[1:]]
    assert [host.name for host, _ in plan(long_ago, {2: Doubt(0, 0, probes=1)}, 5, WITHIN).lost] == ["b"]


@given(st.lists(st.sampled_from(["ok", "suspect", "refused", "lost", "unknown"]), max_size=9), st.floats(0, 100))
def test_never_more_than_half_at_once(words: list[str], now_s: float) -> None:
    hosts = [HostSeen(n, f"h{n}", word) for n, word in enumerate(words)]
    planned = plan(hosts, {host.id: Doubt(0, 0, probes=1) for host in hosts}, now_s, WITHIN)
    judged = [word for word in words if word in ("ok", "suspect", "refused")]
    assert 2 * len(planned.lost) <= len(judged)
    assert all(host.reachable in ("suspect", "refused") for host, _ in planned.lost)


def test_one_answer_begins_the_silence_anew() -> None:
    doubts = Doubts()
    doubts.note(1, Answer.SILENT, began_s=0)
    doubts.note(1, Answer.OK, began_s=2)
    doubts.note(1, Answer.SILENT, began_s=3)
    hosts = fleet(a="suspect", b="ok", c="ok")
    assert lost(hosts, doubts.by_host, 5.9) == []
    assert lost(hosts, doubts.by_host, 6) == ["a"]


def test_a_host_that_its_agent_trusts_again_is_forgotten() -> None:
    doubts = Doubts()
    doubts.note(1, Answer.SILENT, began_s=0)
    doubts.keep_only([])
    doubts.note(1, Answer.SILENT, began_s=100)
    assert lost(fleet(a="suspect", b="ok", c="ok"), doubts.by_host, 102) == []


@pytest.mark.parametrize(
    ("answers", "now_s", "is_lost"),
    [
        ([(0, "refused"), (20, "silent")], 22.9, False),  # it starts again: refused, then it hangs for a moment
        ([(0, "refused"), (20, "silent")], 23, True),
        ([(0, "silent"), (2, "refused"), (4, "silent")], 6.9, False),
        ([(0, "silent"), (2, "refused")], 29.9, False),
        ([(0, "silent"), (2, "refused"), (29, "silent")], 30, True),  # no answer of any kind for so long
    ],
)
def test_a_refusal_begins_the_silence_anew(answers: list[tuple[float, str]], now_s: float, is_lost: bool) -> None:
    doubts = Doubts()
    for began_s, answer in answers:
        doubts.note(1, Answer(answer), began_s=began_s)
    assert lost(fleet(a="suspect", b="ok", c="ok"), doubts.by_host, now_s) == (["a"] if is_lost else [])
