"""The rules of placement a second time, host by host in plain Python: the oracle that place() is compared with."""

from collections.abc import Mapping

from containers.spec.types import Constraint
from hosts.taints import Taint
from scheduler.placement.fleet import Fleet
from scheduler.placement.types import BoundPort, Shape

ANY = ("0.0.0.0", "::")


def free_ports(fleet: Fleet, row: int) -> int:
    low, high = fleet.port_range
    held = {port for (at, port) in [*fleet.used_ports, *fleet.barred_ports] if at == row and low <= port <= high}
    return high - low + 1 - len(held)


def held_on(fleet: Fleet, row: int, port: int) -> list[tuple[str, str]]:
    return [*fleet.used_ports.get((row, port), ()), *fleet.barred_ports.get((row, port), ())]


def port_free(fleet: Fleet, row: int, address: str, protocol: str, port: int) -> bool:
    for other, other_protocol in held_on(fleet, row, port):
        if protocol == other_protocol and (address == other or address in ANY or other in ANY):
            return False
    return True


def fits(shape: Shape, fleet: Fleet, row: int) -> bool:
    if not fleet.ready[row] or fleet.availability[row] != "active":
        return False
    if shape.cpu_millis and fleet.cpu_reserved[row] + shape.cpu_millis > fleet.cpu_allocatable[row]:
        return False
    if shape.memory_bytes and fleet.memory_reserved[row] + shape.memory_bytes > fleet.memory_allocatable[row]:
        return False
    for taint in fleet.taints[row] if fleet.taints else ():
        if not taint.avoid and not tolerates(taint, shape):
            return False
    kept_for = fleet.projects[row] if fleet.projects and shape.project is not None else ()
    if kept_for and shape.project not in kept_for:
        return False
    if not all(rule_holds(rule, fleet.labels[row]) for rule in shape.constraints):
        return False
    return places_fit(shape, fleet, row) and ports_fit(shape, fleet, row) and others_fit(shape, fleet, row)


def others_fit(shape: Shape, fleet: Fleet, row: int) -> bool:
    for name, amount in shape.needs:
        one = fleet.resources.get(name)
        if one is None or one.allocatable[row] - one.reserved[row] < amount:
            return False
    return company_fits(shape, fleet, row) and gpus_fit(shape, fleet, row)


def same_domain(fleet: Fleet, row: int, other: int, within: str) -> bool:
    if within == "host":
        return row == other
    label = fleet.labels[row].get(within)
    return label is not None and label == fleet.labels[other].get(within)


def beside(fleet: Fleet, row: int, counts: Mapping[int, int], within: str) -> int:
    return sum(count for other, count in counts.items() if same_domain(fleet, row, other, within))


def company_fits(shape: Shape, fleet: Fleet, row: int) -> bool:
    for rule in shape.near:
        there = fleet.company.get(rule.kin, {})
        is_first = rule.kin in shape.counted and not sum(there.values())
        if rule.apart and beside(fleet, row, there, rule.within):
            return False
        if not rule.apart and is_first and rule.within != "host" and rule.within not in fleet.labels[row]:
            return False
        if not rule.apart and not is_first and not beside(fleet, row, there, rule.within):
            return False
    for limit in shape.at_most:
        if limit.within != "host" and limit.within not in fleet.labels[row]:
            return False
        if beside(fleet, row, fleet.company.get(limit.kin, {}), limit.within) >= limit.most:
            return False
    return not any(
        kin in shape.counted and beside(fleet, row, there, within) for (kin, within), there in fleet.shunned.items()
    )


def tolerates(taint: Taint, shape: Shape) -> bool:
    names = {"*", taint.key, f"{taint.key}={taint.value}"}
    return bool(names & set(shape.tolerations))


def rule_holds(rule: Constraint, labels: Mapping[str, str]) -> bool:
    there = labels.get(rule.key)
    if rule.op == "exists":
        return there is not None
    if rule.op == "absent":
        return there is None
    if rule.op == "=":
        return there is not None and there in rule.values
    if rule.op == "!=":
        return there is None or there not in rule.values
    try:
        number = float(there or "")
    except ValueError:
        return False
    return number > float(rule.values[0]) if rule.op == ">" else number < float(rule.values[0])


def gpus_fit(shape: Shape, fleet: Fleet, row: int) -> bool:
    wish, park = shape.gpus, fleet.park
    if wish is None:
        return True
    if park is None:
        return False
    models = park.mixed.get(row, (park.models[row],) * park.free.shape[1])
    if wish.millis < 1000 and not park.shared[row]:
        return False
    will_do = [not wish.models or model in wish.models for model in models]
    there = zip(park.free[row], will_do, strict=True)
    return sum(int(free) >= wish.millis and suits for free, suits in there) >= wish.number


def places_fit(shape: Shape, fleet: Fleet, row: int) -> bool:
    if shape.architectures and fleet.architectures[row] not in shape.architectures:
        return False
    if any(volume in fleet.volumes and fleet.volumes[volume] != row for volume in shape.volumes):
        return False
    return not shape.image_only_there or row in fleet.images.get(shape.image_only_there, ())


def ports_fit(shape: Shape, fleet: Fleet, row: int) -> bool:
    low, high = fleet.port_range
    chosen = sum(1 for wish in shape.ports if wish.host_port is None)
    inside = {wish.host_port for wish in shape.ports if wish.host_port and low <= wish.host_port <= high}
    if chosen and free_ports(fleet, row) < chosen + len(inside):
        return False
    return all(
        port_free(fleet, row, wish.host_address or fleet.data_addresses[row], wish.protocol, wish.host_port)
        for wish in shape.ports
        if wish.host_port is not None
    )


def weighed(name: str, shape: Shape, fleet: Fleet, row: int) -> float:
    cpu = (fleet.cpu_reserved[row] + shape.cpu_millis) / max(fleet.cpu_allocatable[row], 1)
    memory = (fleet.memory_reserved[row] + shape.memory_bytes) / max(fleet.memory_allocatable[row], 1)
    load = (cpu + memory + (fleet.containers[row] + 1) / 100) / 3
    there = dict(fleet.company.get(shape.own, {})) if shape.own else {}
    for at, count in fleet.leaving.get(shape.own, {}).items() if shape.own else ():
        there[at] -= count
    if name in ("spread", "pack"):
        return float(load if name == "pack" else 1 - load)
    if name == "balance":
        return float(1 - abs(cpu - memory))
    if name == "usage":
        return 0.0 if fleet.used is None else float(1 - (fleet.used[0][row] + fleet.used[1][row]) / 2)
    if name == "fewest":
        return -beside(fleet, row, there, "host") / 10
    if name == "zones":
        return -beside(fleet, row, there, shape.policy.over) / 10
    if name == "stay":
        return float(fleet.ids[row] == shape.was_on)
    if name == "fragments":
        assert fleet.park is None, "GPUs are compared in test_gpus"
        return 0.0
    return 0.5 / 300 if row in fleet.images.get(shape.image, ()) else 0.0


def total(shape: Shape, fleet: Fleet, row: int) -> float:
    value = sum(weight * weighed(name, shape, fleet, row) for name, weight in shape.policy.weights)
    if fleet.ids[row] in shape.failed_on:
        value -= 100_000
    for rule in shape.likes:
        there = beside(fleet, row, fleet.company.get(rule.kin, {}), rule.within)
        value += rule.weight / 10 * (-there if rule.apart else there > 0)
    for taint in fleet.taints[row] if fleet.taints else ():
        if taint.avoid and not tolerates(taint, shape):
            value -= 1_000
    return float(value)


def bind(shape: Shape, fleet: Fleet, row: int, ports: tuple[BoundPort, ...]) -> None:
    fleet.cpu_reserved[row] += shape.cpu_millis
    fleet.memory_reserved[row] += shape.memory_bytes
    fleet.containers[row] += 1
    for name, amount in shape.needs:
        fleet.resources[name].reserved[row] += amount
    for port in ports:
        held = fleet.used_ports.get((row, port.host_port), frozenset())
        fleet.used_ports[row, port.host_port] = held | {(port.host_address, port.protocol)}
    for volume in shape.volumes:
        fleet.volumes.setdefault(volume, row)
    for kin in shape.counted:
        fleet.company.setdefault(kin, {})[row] = fleet.company.get(kin, {}).get(row, 0) + 1
    for rule in shape.near:
        if rule.apart:
            there = fleet.shunned.setdefault((rule.kin, rule.within), {})
            there[row] = there.get(row, 0) + 1
