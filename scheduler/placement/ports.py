"""Host ports: who conflicts with whom, and which free one a container gets.

A port is held as (host, address, protocol, port); an address that means "any" conflicts with every address.
The chosen port starts from the container's own id, so that a port just released is seldom handed to another.
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from zlib import crc32

from scheduler.placement.fleet import ANY_ADDRESS, Fleet, PortTable
from scheduler.placement.types import BoundPort, PortWish


def clashes(address: str, protocol: str, held: frozenset[tuple[str, str]]) -> bool:
    """Would address/protocol clash with what is held on the same port number of the same host?"""
    return any(
        protocol == other_protocol and (address == other or address in ANY_ADDRESS or other in ANY_ADDRESS)
        for other, other_protocol in held
    )


@lru_cache(maxsize=65_536)
def listen_address(data_address: str) -> str:
    """Where an engine can listen for what is published at this address: an engine takes IP addresses, no names."""
    try:
        return str(ipaddress.ip_address(data_address))
    except ValueError:
        return "0.0.0.0"


def address_of(wish: PortWish, fleet: Fleet, row: int) -> str:
    return wish.host_address or fleet.data_addresses[row]


def is_taken(wish: PortWish, fleet: Fleet, *, row: int, table: PortTable) -> bool:
    """Does the asked host port of this wish clash on this row with the ports of this table?"""
    assert wish.host_port is not None
    held = table.get((row, wish.host_port))
    return held is not None and clashes(address_of(wish, fleet, row), wish.protocol, held)


def bind_ports(container: str, wishes: tuple[PortWish, ...], *, fleet: Fleet, row: int) -> tuple[BoundPort, ...]:
    """The host ports this container gets on this row: those it asked for, and free ones for the rest.

    The filters have made sure that there are enough; running out here raises LookupError.
    """
    own = {wish.host_port for wish in wishes if wish.host_port is not None}
    bound = []
    for wish in wishes:
        port = wish.host_port
        if port is None:
            port = _choose(f"{container}/{wish.protocol}/{wish.container_port}", fleet, row=row, own=own)
            own.add(port)
        bound.append(BoundPort(wish.container_port, wish.protocol, address_of(wish, fleet, row), port))
    return tuple(bound)


def _choose(seed: str, fleet: Fleet, *, row: int, own: set[int]) -> int:
    low, high = fleet.port_range
    size = high - low + 1
    start = crc32(seed.encode()) % size
    for step in range(size):
        port = low + (start + step) % size
        key = (row, port)
        if port not in own and key not in fleet.used_ports and key not in fleet.barred_ports:
            return port
    raise LookupError(f"no free host port on {fleet.names[row]}")
