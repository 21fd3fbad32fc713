"""Rows -> who stands where, as far as rules about other containers ask: what waits names its kin, and so do those that
are there and want to be apart from others.

Before: snapshot.read has the fleet and the specs of what waits. After: placement counts by it.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from containers.spec import parse
from containers.states import OCCUPYING, Status
from scheduler.placement import Fleet
from scheduler.placement.company import Counts, Kin
from scheduler.reading import Question, as_json, query

THERE = sorted(status.value for status in OCCUPYING - {Status.PENDING})


class Company(Protocol):
    """Who stands where: counted anew (Anew), or kept between passes (scheduler.standing). `rows`: of hosts' ids."""

    def on_host(self) -> Mapping[int, int]:
        """How many containers each host has; one that has none may be left out."""

    def shunned(self, fleet: Fleet, rows: Mapping[int, int]) -> None:
        """Writes down who is there and must be apart from others."""

    def company(self, fleet: Fleet, rows: Mapping[int, int], asked: Iterable[Kin]) -> None:
        """Writes down how many of each kin that is asked for stand on each row."""


class Anew:
    """By questions to the database, whose cost grows with the containers: for a look that nothing follows."""

    def on_host(self) -> Mapping[int, int]:
        return read_counts()

    def shunned(self, fleet: Fleet, rows: Mapping[int, int]) -> None:
        read_shunned(fleet, rows)

    def company(self, fleet: Fleet, rows: Mapping[int, int], asked: Iterable[Kin]) -> None:
        read_company(fleet, rows, asked)


ANEW = Anew()


def read_counts() -> dict[int, int]:
    found = query(
        "SELECT host_id, count(*) FROM containers_container WHERE status = ANY(%s) AND host_id IS NOT NULL"
        " GROUP BY host_id",
        [THERE],
    )
    return dict(found)


REPLACED: Question = (
    (
        "SELECT c.host_id, c.project_id, s.name, count(*) FROM containers_container n"
        " JOIN containers_container c ON c.slot_id = n.slot_id AND NOT c.is_successor AND c.status = ANY(%s)"
        " JOIN containers_service s ON s.id = c.service_id"
        " WHERE n.status = 'pending' AND n.desired = 'run' AND n.is_successor AND c.host_id IS NOT NULL"
        " GROUP BY 1, 2, 3"
    ),
    (THERE,),
)


def read_leaving(rows: Mapping[int, int], asked: Iterable[Kin]) -> dict[Kin, Counts]:
    """Of the services that are asked for: who stands on each row only until a successor, which waits, is ready."""
    kin, found = set(asked), dict[Kin, Counts]()
    for host, project, name, count in query(*REPLACED):
        one = Kin(project, "service", name)
        if one in kin and host in rows:
            found.setdefault(one, {})[rows[host]] = count
    return found


def kin_of(project: int, *, service: str | None, label: str | None) -> Kin:
    """As a rule of a spec names it."""
    return Kin(project, "service", service) if service else Kin(project, "label", label or "")


def read_shunned(fleet: Fleet, rows: Mapping[int, int]) -> None:
    """Those that are there and must be apart from others: their rules hold for what comes, too."""
    for host, project, rules, count in query(
        "SELECT host_id, project_id, spec->'affinity', count(*) FROM containers_container"
        " WHERE spec ? 'affinity' AND host_id IS NOT NULL AND status = ANY(%s) GROUP BY 1, 2, 3",
        [THERE],
    ):
        if host in rows:
            shun(fleet, rows[host], (project, rules), count)


def shun(fleet: Fleet, row: int, rules: tuple[int, Any], count: int) -> None:
    """So many containers with these rules (their project, the JSON) are on this row."""
    project, text = rules
    for rule in parse({"name": "x", "image": "x", "affinity": as_json(text)}).affinity:
        if rule.apart and rule.prefer is None:
            key = (kin_of(project, service=rule.service, label=rule.label), rule.within)
            there = fleet.shunned.setdefault(key, {})
            there[row] = there.get(row, 0) + count


def read_company(fleet: Fleet, rows: Mapping[int, int], asked: Iterable[Kin]) -> None:
    """How many of each kin that is asked for stand on each row."""
    kin = set(asked)
    fleet.company = {one: {} for one in sorted(kin)}
    services = sorted({one.name for one in kin if one.kind == "service"})
    labels = sorted({one.name.partition("=")[0] for one in kin if one.kind == "label"})
    counted = _services(services) if services else []
    counted += _labels(labels) if labels else []
    for host, one, count in counted:
        if one in kin and host in rows:
            fleet.company[one][rows[host]] = count


def _services(names: list[str]) -> list[tuple[int, Kin, int]]:
    found = query(
        "SELECT c.host_id, c.project_id, s.name, count(*) FROM containers_service s"
        " JOIN containers_container c ON c.service_id = s.id AND c.host_id IS NOT NULL AND c.status = ANY(%s)"
        " WHERE s.name = ANY(%s) GROUP BY 1, 2, 3",
        [THERE, names],
    )
    return [(host, Kin(project, "service", name), count) for host, project, name, count in found]


def _labels(keys: list[str]) -> list[tuple[int, Kin, int]]:
    found = query(
        "SELECT c.host_id, c.project_id, k.key || '=' || (c.spec->'labels'->>k.key), count(*)"
        " FROM containers_container c JOIN unnest(%s::text[]) AS k(key) ON c.spec->'labels' ? k.key"
        " WHERE c.host_id IS NOT NULL AND c.status = ANY(%s) GROUP BY 1, 2, 3",
        [keys, THERE],
    )
    return [(host, Kin(project, "label", label), count) for host, project, label, count in found]
