"""Fleets and shapes for the tests of placement: a small builder for tables, strategies for properties."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from containers.spec.types import Constraint
from hosts.taints import parse_taint
from scheduler.placement.company import AtMost, Kin, Near
from scheduler.placement.fleet import Countable, Fleet, PortTable
from scheduler.placement.policy import TERMS, policy
from scheduler.placement.types import PortWish, Shape, Volume

MIB = 1024**2
GIB = 1024**3


@dataclass(frozen=True)
class H:
    """One host of a test."""

    name: str
    cpu: int = 4000
    memory: int = 4 * GIB
    cpu_used: int = 0
    memory_used: int = 0
    containers: int = 0
    labels: Mapping[str, str] = field(default_factory=dict)
    availability: str = "active"
    unready: str = ""
    architecture: str = "amd64"
    ports: Sequence[tuple[str, str, int]] = ()
    barred: Sequence[tuple[str, str, int]] = ()
    images: Sequence[str] = ()
    volumes: Sequence[Volume] = ()
    taints: Sequence[str] = ()
    projects: Sequence[int] = ()
    licenses: tuple[int, int] = (0, 0)  # allocatable, reserved


def table(hosts: Sequence[H], column: str) -> PortTable:
    ports: PortTable = {}
    for row, host in enumerate(hosts):
        for address, protocol, port in getattr(host, column):
            ports[row, port] = ports.get((row, port), frozenset()) | {(address, protocol)}
    return ports


def fleet(*given: H, port_range: tuple[int, int] = (20000, 29999)) -> Fleet:
    hosts = sorted(given, key=lambda host: host.name)
    return Fleet(
        ids=np.arange(1, len(hosts) + 1),
        names=tuple(h.name for h in hosts),
        ready=np.array([not h.unready for h in hosts], dtype=np.bool_),
        unready_words=tuple(h.unready for h in hosts),
        availability=tuple(h.availability for h in hosts),
        cpu_allocatable=np.array([h.cpu for h in hosts], dtype=np.int64),
        cpu_reserved=np.array([h.cpu_used for h in hosts], dtype=np.int64),
        memory_allocatable=np.array([h.memory for h in hosts], dtype=np.int64),
        memory_reserved=np.array([h.memory_used for h in hosts], dtype=np.int64),
        containers=np.array([h.containers for h in hosts], dtype=np.int64),
        labels=tuple(h.labels for h in hosts),
        architectures=tuple(h.architecture for h in hosts),
        data_addresses=tuple(f"10.0.0.{row}" for row in range(len(hosts))),
        taints=tuple(tuple(taint for text in h.taints if (taint := parse_taint(text))) for h in hosts),
        projects=tuple(frozenset(h.projects) for h in hosts),
        resources={"license": Countable(*(np.array([h.licenses[n] for h in hosts], dtype=np.int64) for n in (0, 1)))},
        used_ports=table(hosts, "ports"),
        barred_ports=table(hosts, "barred"),
        volumes={volume: row for row, h in enumerate(hosts) for volume in h.volumes},
        images={
            image: frozenset(row for row, h in enumerate(hosts) if image in h.images)
            for image in {image for h in hosts for image in h.images}
        },
        port_range=port_range,
    )


PORT_RANGE = (20000, 20003)
ADDRESSES = st.sampled_from(["0.0.0.0", "127.0.0.1", "10.0.0.0"])
HELD = st.lists(st.tuples(ADDRESSES, st.sampled_from(["tcp", "udp"]), st.sampled_from([80, 20001, 20002])), max_size=3)
VOLUMES = [Volume(1, "data"), Volume(1, "logs"), Volume(2, "data")]
RULES = [
    Constraint("zone", "=", ("a",)),
    Constraint("zone", "=", ("a", "b")),
    Constraint("zone", "!=", ("b",)),
    Constraint("gpu", "exists"),
    Constraint("gpu", "absent"),
    Constraint("cores", ">", ("8",)),
    Constraint("cores", "<", ("16.5",)),
]


KIN = [Kin(1, "service", "web"), Kin(1, "service", "db"), Kin(1, "label", "team=shop")]
WITHIN = st.sampled_from(["host", "host", "zone"])


@st.composite
def company(draw: st.DrawFn) -> dict[str, Any]:
    """Rules about other containers."""
    kin = st.sampled_from(KIN)
    near = st.builds(Near, kin, WITHIN, st.booleans())
    likes = st.builds(Near, kin, WITHIN, st.booleans(), st.integers(1, 100))
    counted = draw(st.frozensets(kin, max_size=2))
    limits = [AtMost(one, draw(WITHIN), draw(st.integers(1, 3))) for one in sorted(counted) if draw(st.booleans())]
    return {
        "near": tuple(draw(st.lists(near, max_size=1))),
        "likes": tuple(draw(st.lists(likes, max_size=2))),
        "at_most": tuple(limits),
        "counted": counted,
    }


@st.composite
def hosts(draw: st.DrawFn, name: str) -> H:
    cpu, memory = draw(st.integers(0, 6)) * 500, draw(st.integers(0, 6)) * 256
    return H(
        name,
        cpu=cpu,
        memory=memory,
        cpu_used=draw(st.integers(0, cpu)),
        memory_used=draw(st.integers(0, memory)),
        containers=draw(st.integers(0, 5)),
        labels=draw(st.sampled_from([{}, {"zone": "a", "cores": "16"}, {"zone": "b", "gpu": "", "cores": "x"}])),
        availability=draw(st.sampled_from(["active"] * 5 + ["cordoned", "draining"])),
        unready=draw(st.sampled_from([""] * 5 + ["does not answer"])),
        architecture=draw(st.sampled_from(["amd64", "amd64", "arm64"])),
        ports=draw(HELD),
        barred=draw(HELD),
        images=draw(st.sampled_from([[], ["web:1"], ["web:1", "sha256:9"]])),
        taints=draw(st.sampled_from([[], [], ["spot"], ["for=ml", "spot:avoid"], ["spot:avoid"]])),
        projects=draw(st.sampled_from([[], [], [1], [1, 2]])),
        licenses=draw(st.sampled_from([(0, 0), (3, 0), (5, 2)])),
    )


@st.composite
def fleets(draw: st.DrawFn, max_hosts: int = 6) -> Fleet:
    count = draw(st.integers(0, max_hosts))
    made = fleet(*[draw(hosts(f"h{n}")) for n in range(count)], port_range=PORT_RANGE)
    for volume in draw(st.sets(st.sampled_from(VOLUMES))):
        made.volumes[volume] = draw(st.integers(-1, count - 1))
    return made


WISHES = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.sampled_from(["tcp", "udp"]),
        st.sampled_from([None, None, 80, 20001]),
        st.sampled_from(["", "0.0.0.0", "127.0.0.1"]),
    ),
    max_size=2,
    unique_by=lambda wish: wish[2] or wish[0],
).map(lambda wishes: tuple(PortWish(*wish) for wish in wishes))

PLAIN = st.builds(
    Shape,
    cpu_millis=st.sampled_from([0, 0, 100, 250, 1000]),
    memory_bytes=st.sampled_from([0, 0, 64, 100, 512]),
    ports=WISHES,
    constraints=st.lists(st.sampled_from(RULES), max_size=2, unique=True).map(tuple),
    volumes=st.one_of(st.just(()), st.sampled_from(VOLUMES).map(lambda volume: (volume,))),
    architectures=st.sampled_from([frozenset[str](), frozenset({"amd64"}), frozenset({"amd64", "arm64"})]),
    image=st.sampled_from(["", "web:1"]),
    image_only_there=st.sampled_from(["", "", "", "sha256:9"]),
    needs=st.sampled_from([(), (), (), (("license", 1),), (("license", 2),), (("none", 1),)]),
    tolerations=st.sampled_from([(), (), ("spot",), ("for", "spot"), ("for=ml",), ("*",)]),
    project=st.sampled_from([None, 1, 2]),
    failed_on=st.sampled_from([frozenset[int](), frozenset({1}), frozenset({2, 3})]),
)
SHAPES = st.tuples(PLAIN, st.just({}) | company()).map(lambda found: replace(found[0], **found[1]))
POLICIES = st.tuples(
    st.dictionaries(st.sampled_from(sorted(TERMS)), st.sampled_from([1.0, 0.5, 3.0, -1.0]), max_size=3),
    st.sampled_from(["zone", "zone", ""]),
).map(lambda found: policy("drawn", found[0], over=found[1]))
BY_POLICY = st.tuples(
    st.sampled_from([Shape(), Shape(cpu_millis=250), Shape(memory_bytes=64 * MIB, image="web:1")]),
    POLICIES,
    st.sampled_from([None, KIN[0]]),
    st.sampled_from([None, 1, 2]),
).map(
    lambda found: replace(
        found[0], policy=found[1], own=found[2], was_on=found[3], counted=frozenset({found[2]} if found[2] else ())
    )
)
IN_COMPANY = st.tuples(st.sampled_from([Shape(), Shape(cpu_millis=250)]), company()).map(
    lambda found: replace(found[0], **found[1])
)


@st.composite
def roomy(draw: st.DrawFn) -> Fleet:
    """Hosts that would take anybody, in two zones or none, with some who are there already."""
    zones = draw(st.lists(st.sampled_from(["a", "a", "b", "b", ""]), min_size=2, max_size=6))
    made = fleet(
        *[
            H(f"h{n}", labels={"zone": zone} if zone else {}, containers=draw(st.integers(0, 30)))
            for n, zone in enumerate(zones)
        ]
    )
    rows = st.dictionaries(st.integers(0, len(zones) - 1), st.integers(1, 2), max_size=2)
    made.company = draw(st.dictionaries(st.sampled_from(KIN), rows, max_size=2))
    some_leave: bool = draw(st.booleans())
    if made.company and some_leave:
        kin = draw(st.sampled_from(sorted(made.company)))
        made.leaving = {kin: {row: draw(st.integers(0, count)) for row, count in made.company[kin].items()}}
    made.shunned = draw(st.dictionaries(st.tuples(st.sampled_from(KIN), WITHIN), rows, max_size=1))
    made.images = {"web:1": draw(st.frozensets(st.integers(0, len(zones) - 1), max_size=2))}
    shares = st.lists(st.floats(0, 1), min_size=len(zones), max_size=len(zones)).map(np.array)
    made.used = draw(st.none() | st.tuples(shares, shares))
    return made
