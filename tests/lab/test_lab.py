"""The lab itself: several at a time, nothing left behind, not even by a run that was killed."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from pathlib import Path

import pytest

from tests.conftest import Spawn
from tests.lab.images import act, digest_of
from tests.lab.lab import Lab, clear_dead, folder_of, try_lock
from tests.lab.run import NETNS

pytestmark = pytest.mark.engine


def traces(number: int, folder: Path) -> list[str]:
    """Whatever of lab `number` in `folder` is still on this machine."""
    found = [str(p) for p in NETNS.glob(f"ort{number}-*")]
    found += [str(p) for p in Path("/sys/class/net").glob(f"ort{number}up")]
    found += [str(p) for p in Path("/sys/fs/cgroup").glob(f"*/ort{number}-*")]
    found += [str(folder)] if folder.exists() else []
    mine = f"{folder}/"
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        found += [f"{process.name} {words}"] if mine in words else []
    return found


def test_two_labs_live_side_by_side(lab: Lab) -> None:
    with Lab.up(1) as other:
        assert other.number != lab.number
        assert other.hosts[0].answers()
        assert lab.hosts[0].answers()
        assert other.hosts[0].address != lab.hosts[0].address
        other.hosts[0].docker("run", "-d", other.image("act:1"))
        assert lab.hosts[0].containers() == []
    assert traces(other.number, other.folder) == []
    assert lab.hosts[0].answers()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_nothing_is_left_of_a_run_that_was_killed(spawn: Spawn, how: signal.Signals) -> None:
    """In a folder that no other run of the tests looks into, so that nobody else clears up for it."""
    number, root = 199, Path(tempfile.mkdtemp(prefix="lab"))
    folder = root / f"orchestra-lab-{number}"
    program = """
import sys, time
from tests.lab import Lab
with Lab.up(1) as lab:
    lab.hosts[0].docker("run", "-d", lab.image("act:1"))
    print("up", flush=True)
    time.sleep(60)
"""
    owner = spawn("-c", program, TMPDIR=str(root), ORCHESTRA_LAB=str(number))
    assert owner.stdout is not None
    assert owner.stdout.readline() == "up\n"
    assert len(traces(number, folder)) > 5
    os.kill(owner.pid, how)
    owner.wait(20)
    end = time.monotonic() + 20
    while traces(number, folder) and time.monotonic() < end:
        time.sleep(0.1)
    assert traces(number, folder) == []
    shutil.rmtree(root)


def test_a_dead_lab_is_cleared_by_the_next_and_a_kept_one_is_not() -> None:
    numbers = [n for n in range(190, 199) if not folder_of(n).exists()][:3]
    _, kept, alive = numbers
    lock = try_lock(alive)
    for number in numbers:
        folder_of(number).mkdir()
    (folder_of(kept) / "keep").touch()
    try:
        clear_dead()
        assert [folder_of(n).exists() for n in numbers] == [False, True, True]
    finally:
        assert lock is not None
        os.close(lock)
        (folder_of(kept) / "keep").unlink()
        clear_dead()
    assert not folder_of(alive).exists()


def test_an_image_is_the_same_wherever_it_is_built(lab: Lab) -> None:
    assert digest_of(act("1").manifest()) == digest_of(act("1").manifest()) != digest_of(act("2").manifest())
    first, second = lab.hosts[:2]
    ids = {
        host.docker("pull", "-q", lab.image("act:1"))
        and host.docker("image", "ls", "-q", "--no-trunc", lab.image("act:1"))
        for host in (first, second)
    }
    assert len(ids) == 1
