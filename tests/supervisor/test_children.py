"""The supervisor with real processes: who dies is started again, and nobody outlives the parent."""

import os
import signal
import time
from itertools import pairwise
from pathlib import Path

from tests.conftest import Spawn
from tests.supervisor.conftest import Watched, children_of, gone, lives, wait_until

PARENT = ("-m", "tests.supervisor.parent")
ALIVE = r"alive (\d+)"


def alive(parent: Watched, count: int) -> list[int]:
    return [int(parent.wait_for(ALIVE)[1]) for _ in range(count)]


def test_a_killed_child_starts_again_and_its_sibling_stays(spawn: Spawn) -> None:
    parent = Watched(spawn(*PARENT, "idle", "idle"))
    first, second = alive(parent, 2)
    os.kill(first, signal.SIGKILL)
    parent.wait_for(r"was killed by SIGKILL; it starts again in 0\.\d s")
    (again,) = alive(parent, 1)
    assert again not in (first, second)
    assert lives(second)


def test_one_that_keeps_dying_is_started_ever_more_slowly(spawn: Spawn) -> None:
    parent = Watched(spawn(*PARENT, "noisy"))
    ends = []
    for _ in range(4):
        parent.wait_for("^no newline at the end$")  # its last words are not lost
        parent.wait_for("ended with status 3")
        ends.append(time.monotonic())
    first, second, third = (later - earlier for earlier, later in pairwise(ends))
    assert first < second < third


def test_ctrl_c_stops_all_and_says_so(spawn: Spawn) -> None:
    parent = Watched(spawn(*PARENT, "idle", "idle"))
    pids = alive(parent, 2)
    parent.process.send_signal(signal.SIGINT)
    parent.wait_for("containers go on running")
    parent.wait_for("everything ended")
    assert parent.ended() == 0
    assert gone(*pids)


def test_the_terminals_ctrl_c_reaches_only_the_parent(spawn: Spawn) -> None:
    """A terminal signals the whole group: the children's orderly end is the parent's to order."""
    parent = Watched(spawn(*PARENT, "idle", "idle"))
    for pid in alive(parent, 2):
        assert os.getpgid(pid) == pid


def test_a_second_ctrl_c_does_not_wait_for_the_stubborn(spawn: Spawn) -> None:
    parent = Watched(spawn(*PARENT, "stubborn"))
    (pid,) = alive(parent, 1)
    parent.process.send_signal(signal.SIGTERM)
    parent.wait_for("containers go on running")
    assert not gone(pid, timeout_s=1.0)
    parent.process.send_signal(signal.SIGTERM)
    parent.wait_for("did not end in time and is killed")
    assert parent.ended() == 0
    assert gone(pid)


def test_nobody_outlives_a_killed_parent(spawn: Spawn) -> None:
    parent = Watched(spawn(*PARENT, "idle", "stubborn"))
    pids = alive(parent, 2)
    parent.process.kill()
    assert gone(*pids, timeout_s=2.0)


def test_a_reader_that_stands_still_stops_nobody(spawn: Spawn) -> None:
    """A terminal is paused while a child floods it: the others are still supervised, the flood does not stop it."""
    parent = spawn(*PARENT, "flood", "idle")
    flag = f"/proc/{parent.pid}/task/{parent.pid}/children"
    wait_until(lambda: len(children_of(parent.pid)) == 2, what=flag)
    flood, idle = children_of(parent.pid)
    wait_until(lambda: b"done" in Path(f"/proc/{flood}/comm").read_bytes(), what="the flood's end")
    os.kill(idle, signal.SIGKILL)
    wait_until(lambda: idle not in children_of(parent.pid) and len(children_of(parent.pid)) == 2, what="a restart")
