"""The machine loses its power and starts again: everything that should run, runs; what was stopped stays stopped."""

import contextlib
import os
import signal
from pathlib import Path

import pytest

from tests.lab import LabHost
from tests.whole.chaos import settle
from tests.whole.installation import Installation, wait_for
from tests.whole.invariants import Auditor
from tests.whole.replicated import Service

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(240)]

REPLICAS = 3


class OneMachine(Installation):
    """`up` as systemd runs it, with the engine of this machine."""

    engine: LabHost

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "DOCKER_HOST": self.engine.unix.url}

    def up(self) -> None:
        self.processes["up"] = self._spawn("up", ["up", "--port", str(self.port)])
        wait_for(self.answers, timeout_s=60, what="the web process answers", last=lambda: self.log("up")[-2000:])

    def lose_power(self) -> None:
        """Every process of it and the engine's machine, at once and without a word."""
        database = self.database.pid()
        assert database is not None
        doomed = [self.processes["up"].pid, *descendants(self.processes["up"].pid), *descendants(database), database]
        for pid in doomed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.engine.off()
        self.processes.pop("up").wait()


def descendants(pid: int) -> list[int]:
    """PostgreSQL's come and go while we look."""
    try:
        children = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []
    return [*children, *(one for child in children for one in descendants(child))]


@pytest.fixture
def machine(tmp_path: Path, engines: list[LabHost]) -> OneMachine:
    made = OneMachine(tmp_path / "var")
    made.engine = engines[0]
    return made


def test_after_a_reboot_what_should_run_runs(machine: OneMachine, act: str) -> None:
    try:
        machine.start()
        machine.up()
        machine.await_hosts_ready(1)
        service = Service.create(machine, "web", act, replicas=REPLICAS)
        small = Service.create(machine, "small", act, replicas=2)
        alone = {
            name: machine.run(name, act, restart=restart)["slot"]
            for name, restart in (("always", "always"), ("never", "none"), ("stopped", "always"), ("gone", "always"))
        }
        for slot in alone.values():
            machine.await_state(slot, "running", timeout_s=60)
        service.await_running(REPLICAS)
        small.await_running(2)
        machine.verb(alone["stopped"], "stop")
        machine.await_state(alone["stopped"], "stopped")
        machine.verb(alone["gone"], "remove")
        small.verb("scale", {"replicas": 1})
        small.await_running(1)

        machine.lose_power()
        machine.engine.on()
        machine.up()

        machine.await_state(alone["never"], "failed", timeout_s=60)  # nobody said that it starts again
        service.await_running(REPLICAS, timeout_s=60)
        small.await_running(1)
        machine.await_state(alone["always"], "running")
        assert {one.attempt for one in (*service.replicas(), *small.replicas())} == {2}
        assert machine.container(alone["stopped"])["state"] == "stopped"
        auditor = Auditor(machine, [machine.engine])
        settle(auditor)
        running = {one["Labels"]["orchestra.slot"] for one in machine.engine.containers() if one["State"] == "running"}
        expected = {one.slot for one in (*service.replicas(), *small.replicas())} | {alone["always"]}
        assert running == expected
        auditor.close()
    finally:
        machine.stop()
