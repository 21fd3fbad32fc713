"""Which containers are named as endpoints, and how: the table, and that an answer does not depend on row order."""

from dataclasses import replace
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from containers.endpoints import Serving, endpoints_of
from containers.states import Desired, Health, Status
from hosts.states import Reachable

PORT = {"container_port": 80, "protocol": "tcp", "host_address": "0.0.0.0", "host_port": 20001}
GOOD = Serving(UUID(int=1), "1", "running", "none", "run", False, "h1", "10.0.0.5", "ok", [PORT])


def states(one: Serving) -> list[str]:
    return [found["state"] for found in endpoints_of([one])]


def test_only_what_serves_or_leaves_is_named() -> None:
    """Every cell: serving is ready, leaving is draining, the rest is not there."""
    cells = product(Status, Health, Desired, (False, True), Reachable)
    for status, health, desired, held, reachable in cells:
        one = replace(GOOD, status=status, health=health, desired=desired, held=held, reachable=reachable)
        runs = status in ("running", "stopping") and reachable == "ok"
        leaves = held or desired != "run" or status == "stopping"
        if not runs or (leaves and health == "starting") or (not leaves and health not in ("none", "healthy")):
            assert states(one) == [], one
        else:
            assert states(one) == ["draining" if leaves else "ready"], one


@pytest.mark.parametrize(
    ("bound", "address"),
    [("0.0.0.0", "10.0.0.5"), ("::", "10.0.0.5"), ("", "10.0.0.5"), ("192.0.2.7", "192.0.2.7")],
)
def test_a_port_on_every_address_is_reached_by_the_hosts(bound: str, address: str) -> None:
    (found,) = endpoints_of([replace(GOOD, ports=[{**PORT, "host_address": bound}])])
    assert (found["address"], found["port"], found["container_port"]) == (address, 20001, 80)


def test_what_is_not_bound_yet_or_publishes_nothing_is_not_named() -> None:
    assert endpoints_of([replace(GOOD, ports=[]), replace(GOOD, ports=[{**PORT, "host_port": None}])]) == ()


@given(st.permutations([replace(GOOD, id=UUID(int=n), slot_key=str(n % 13)) for n in range(1, 20)]))
def test_the_order_is_the_slots(rows: list[Serving]) -> None:
    found = endpoints_of(rows)
    assert found == endpoints_of(reversed(rows))
    assert [int(one["slot"]) for one in found] == sorted(n % 13 for n in range(1, 20))
