"""A leader and an agent that stand still for ten seconds, also inside a transaction: replaced, late writes refused."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tests.lab import LabHost
from tests.whole.chaos import settle
from tests.whole.installation import Installation, wait_for
from tests.whole.invariants import Auditor

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(240)]

REPLACED_WITHIN_S = 4.0
FROZEN_S = 10.0


def leader(installation: Installation) -> str:
    """The process that leads now."""
    rows = installation.sql(
        "SELECT p.name FROM scheduler_schedulerlease l JOIN hosts_process p ON p.id = l.holder WHERE NOT p.retired"
    )
    return process_of(installation, rows[0][0])


def holders(installation: Installation) -> dict[str, str]:
    """Which of our agents speaks for which host: host name -> process, of live agents only."""
    rows = installation.sql(
        "SELECT h.name, p.name FROM hosts_hosthold o JOIN hosts_host h ON h.id = o.host_id"
        " JOIN hosts_process p ON p.id = o.agent WHERE NOT p.retired"
    )
    return {host: process_of(installation, name) for host, name in rows}


def await_two_schedulers(installation: Installation) -> None:
    """One leads, one stands by."""
    count = "SELECT count(*) FROM hosts_process WHERE role = 'scheduler' AND NOT retired"
    wait_for(lambda: installation.sql(count) == [(2,)], timeout_s=20, what="two schedulers")


def process_of(installation: Installation, name: str) -> str:
    """Our name of a process that calls itself machine:pid."""
    pid = int(name.rpartition(":")[2])
    return next(key for key, process in installation.processes.items() if process.pid == pid)


@contextmanager
def locked(installation: Installation, query: str, *params: object) -> Iterator[None]:
    """Hold a row lock in a session of our own, so that whoever wants it waits inside its transaction."""
    with psycopg.connect(host=str(installation.database.run), user="orchestra", dbname="orchestra") as conn:
        conn.execute(query, params)
        yield
        conn.rollback()


def freeze(installation: Installation, name: str) -> float:
    """Stop a process where it stands; when that was, in seconds of our clock."""
    installation.signal(name, signal.SIGSTOP)
    return time.monotonic()


def await_replaced(replaced: Callable[[], bool], *, stopped_s: float, what: str) -> None:
    """Another one has taken over within the time allowed, counted from the freeze; the figure is printed."""
    wait_for(replaced, timeout_s=15, what=what, every_s=0.02)
    took_s = time.monotonic() - stopped_s
    sys.stdout.write(f"{what} {took_s:.2f} s after the freeze\n")  # for the proof
    assert took_s <= REPLACED_WITHIN_S


def thaw(installation: Installation, name: str, *, stopped_s: float) -> None:
    """Let it go on once it has stood still for FROZEN_S."""
    time.sleep(max(0.0, FROZEN_S - (time.monotonic() - stopped_s)))
    installation.signal(name, signal.SIGCONT)


def blocked(installation: Installation) -> bool:
    """Whether somebody waits for a lock inside a transaction."""
    return bool(installation.sql("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))


def test_a_frozen_leader_is_replaced(two_hosts: Installation, act: str, auditor: Auditor) -> None:
    two_hosts.start("scheduler-2")
    await_two_schedulers(two_hosts)
    frozen = leader(two_hosts)
    stopped_s = freeze(two_hosts, frozen)
    await_replaced(lambda: leader(two_hosts) != frozen, stopped_s=stopped_s, what="another leads")
    two_hosts.await_state(two_hosts.run("meanwhile", act)["id"], "running")
    thaw(two_hosts, frozen, stopped_s=stopped_s)
    time.sleep(2)
    assert leader(two_hosts) != frozen, "the one that was thawed stands by"
    settle(auditor)


def test_a_leader_frozen_inside_a_transaction_is_replaced_and_its_binding_refused(
    two_hosts: Installation, act: str, auditor: Auditor
) -> None:
    two_hosts.start("scheduler-2")
    await_two_schedulers(two_hosts)
    frozen = leader(two_hosts)
    with locked(two_hosts, "SELECT 1 FROM hosts_hostbooking FOR UPDATE"):
        asked = two_hosts.run("held", act, resources={"memory": "8m"})  # what asks for nothing books nothing
        wait_for(lambda: blocked(two_hosts), timeout_s=5, what="the leader waits inside its transaction", every_s=0.01)
        stopped_s = freeze(two_hosts, frozen)
    await_replaced(lambda: leader(two_hosts) != frozen, stopped_s=stopped_s, what="another leads")
    two_hosts.await_state(asked["id"], "running")
    thaw(two_hosts, frozen, stopped_s=stopped_s)
    time.sleep(2)
    bound = two_hosts.sql(
        "SELECT count(*) FROM events_event WHERE kind='container.bound' AND object_id=%s", asked["id"]
    )
    assert bound == [(1,)], "placed once, by the one that leads"
    settle(auditor)


def test_an_agent_frozen_inside_a_transaction_is_replaced_and_its_move_refused(
    two_hosts: Installation, act: str, auditor: Auditor, engines: list[LabHost]
) -> None:
    two_hosts.start("agent-2")
    wait_for(lambda: len(set(holders(two_hosts).values())) == 2, timeout_s=20, what="the agents share the hosts")
    asked = two_hosts.await_state(two_hosts.run("kept", act)["id"], "running")
    frozen = holders(two_hosts)[asked["host"]]
    with locked(two_hosts, "LOCK TABLE containers_hostport IN EXCLUSIVE MODE"):
        assert two_hosts.verb(asked["id"], "stop").status == 202
        wait_for(lambda: blocked(two_hosts), timeout_s=8, what="the agent waits inside its transaction", every_s=0.01)
        stopped_s = freeze(two_hosts, frozen)
    await_replaced(
        lambda: holders(two_hosts).get(asked["host"], frozen) != frozen,
        stopped_s=stopped_s,
        what="another agent speaks for the host",
    )
    two_hosts.await_state(asked["id"], "stopped")
    thaw(two_hosts, frozen, stopped_s=stopped_s)
    settle(auditor)
    ends = two_hosts.sql("SELECT actor FROM events_event WHERE kind='container.stopped' AND object_id=%s", asked["id"])
    assert len(ends) == 1


def test_a_graceful_stop_hands_over_at_once(two_hosts: Installation) -> None:
    two_hosts.start("scheduler-2", "agent-2")
    wait_for(lambda: len(set(holders(two_hosts).values())) == 2, timeout_s=20, what="the agents share the hosts")
    await_two_schedulers(two_hosts)
    leaving = leader(two_hosts)
    two_hosts.signal(leaving, signal.SIGTERM)
    two_hosts.signal("agent-1", signal.SIGTERM)
    took_s = wait_for(lambda: leader(two_hosts) != leaving, timeout_s=10, what="another leads", every_s=0.02)
    took_s = max(
        took_s,
        wait_for(lambda: set(holders(two_hosts).values()) == {"agent-2"}, timeout_s=10, what="one agent has all"),
    )
    assert took_s < 3.0, "nobody had to wait for silence"
