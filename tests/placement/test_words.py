"""What people read: why a host was refused, why nothing fits, and why this one was chosen."""

import pytest

from containers.spec.types import Constraint
from scheduler.placement import Group, PortWish, Request, Shape, place
from scheduler.placement.explain import scored
from scheduler.placement.types import Volume
from tests.placement.fleets import GIB, MIB, H, fleet

TIB = 1024**4


def place_one(shape: Shape, *hosts: H) -> Group:
    (group,) = place([Request(shape, ("c1",))], fleet(*hosts))
    return group


def words(shape: Shape, *hosts: H) -> str:
    group = place_one(shape, *hosts)
    assert group.refused is not None
    return group.refused.words


@pytest.mark.parametrize(
    ("shape", "host", "filter_name", "reason"),
    [
        (Shape(), H("h", unready="does not answer"), "ready", "does not answer"),
        (Shape(), H("h", availability="cordoned"), "availability", "is cordoned"),
        (
            Shape(memory_bytes=512 * MIB),
            H("h", memory=4 * GIB, memory_used=4 * GIB - 310 * MIB),
            "memory",
            "needs 512 MiB, 310 MiB free of 4 GiB",
        ),
        (Shape(cpu_millis=2000), H("h", cpu=4000, cpu_used=2500), "cpu", "needs 2 CPUs, 1.5 CPUs free of 4 CPUs"),
        (
            Shape(constraints=(Constraint("zone", "=", ("fra",)),)),
            H("h", labels={"zone": "ams"}),
            "labels",
            "wants zone=fra, has zone=ams",
        ),
        (Shape(constraints=(Constraint("gpu", "exists"),)), H("h"), "labels", "wants gpu, has no label gpu"),
        (
            Shape(constraints=(Constraint("gpu", "absent"),)),
            H("h", labels={"gpu": "1"}),
            "labels",
            "wants !gpu, has gpu=1",
        ),
        (
            Shape(constraints=(Constraint("cores", ">", ("8",)),)),
            H("h", labels={"cores": "4"}),
            "labels",
            "wants cores>8, has cores=4",
        ),
        (
            Shape(tolerations=("for=db", "spot")),
            H("h", taints=["for=ml", "spot", "old:avoid"]),
            "taints",
            "has the taint for=ml, which it does not tolerate",
        ),
        (
            Shape(needs=(("license", 2),)),
            H("h", licenses=(4, 3)),
            "resources",
            "needs 2 license, 1 free of 4",
        ),
        (Shape(needs=(("tpu", 1),)), H("h"), "resources", "needs 1 tpu, has none"),
        (Shape(project=1), H("h", projects=[2]), "projects", "is kept for other projects"),
        (Shape(architectures=frozenset({"arm64"})), H("h"), "architecture", "is amd64, the image is for arm64"),
        (
            Shape(ports=(PortWish(80, "tcp", 8080, "0.0.0.0"),)),
            H("h", ports=[("127.0.0.1", "tcp", 8080)]),
            "port",
            "port 8080 is in use",
        ),
        (
            Shape(ports=(PortWish(53, "udp", 53, "0.0.0.0"),)),
            H("h", barred=[("0.0.0.0", "udp", 53)]),
            "port",
            "port 53/udp is held by something that is not ours",
        ),
        (
            Shape(image="mine:1", image_only_there="sha256:9"),
            H("h"),
            "image",
            "image mine:1 is in no registry and on no host any more",
        ),
    ],
)
def test_reason_of_a_refused_host(shape: Shape, host: H, filter_name: str, reason: str) -> None:
    seen = place_one(shape, host).refused
    assert seen is not None
    assert [(r.host, r.filter, r.reason) for r in seen.refused] == [("h", filter_name, reason)]


def test_a_volume_keeps_its_container_where_its_data_is() -> None:
    shape = Shape(volumes=(Volume(1, "data"),))
    group = place_one(shape, H("a"), H("b", containers=9, volumes=[Volume(1, "data")]))
    assert group.verdicts[0].host_name == "b"
    assert group.placed.refused[0].reason == "volume data is on b"


def test_why_pending() -> None:
    text = words(
        Shape(memory_bytes=10 * TIB), H("h1"), H("h2", memory=int(3.1 * GIB)), H("h3", availability="cordoned")
    )
    assert text == "no host fits: 2 of 3 lack memory (needs 10 TiB, most free is 4 GiB on h1), 1 is cordoned"


def test_why_pending_on_a_single_host() -> None:
    assert words(Shape(memory_bytes=10 * TIB), H("local")) == (
        "no host fits: local lacks memory (needs 10 TiB, most free is 4 GiB on local)"
    )


def test_why_pending_without_hosts() -> None:
    assert words(Shape()) == "no host is registered yet"


def test_why_pending_names_labels_and_ports() -> None:
    shape = Shape(ports=(PortWish(80, "tcp", 80, ""),), constraints=(Constraint("zone", "=", ("fra",)),))
    taken = [("0.0.0.0", "tcp", 80)]
    assert words(shape, H("a"), H("b"), H("c", labels={"zone": "fra"}, ports=taken)) == (
        "no host fits: 2 of 3 do not match zone=fra, 1 has port 80 taken already"
    )


def test_the_second_that_finds_no_room_is_told_how_the_fleet_stood_then() -> None:
    shape = Shape(memory_bytes=3 * GIB)
    (group,) = place([Request(shape, ("c1", "c2"))], fleet(H("h")))
    assert [v.host_name for v in group.verdicts] == ["h", ""]
    assert group.placed.words == ""
    assert group.refused is not None
    assert group.refused.words == "no host fits: h lacks memory (needs 3 GiB, most free is 1 GiB on h)"


def test_scores_name_the_best_five_and_their_terms() -> None:
    group = place_one(Shape(image="web:1"), *[H(f"h{n}", images=["web:1"] if n == 6 else []) for n in range(7)])
    assert [one.host for one in group.placed.best] == ["h6", "h0", "h1", "h2", "h3"]
    assert set(group.placed.best[0].terms) == {"spread", "image"}
    first = group.verdicts[0]
    assert scored(first.host_name, group.placed.terms, first.values) == group.placed.best[0]


def test_a_host_where_it_failed_is_the_last_resort() -> None:
    shape = Shape(failed_on=frozenset({1}))
    assert place_one(shape, H("a"), H("b", containers=50)).verdicts[0].host_name == "b"
    assert place_one(shape, H("a"), H("b", availability="cordoned")).verdicts[0].host_name == "a"


def test_containers_without_requests_spread_too() -> None:
    (group,) = place([Request(Shape(), ("1", "2", "3"))], fleet(H("a"), H("b"), H("c")))
    assert [verdict.host_name for verdict in group.verdicts] == ["a", "b", "c"]


def test_why_pending_names_taints_and_projects() -> None:
    hosts = [H("a", taints=["gpu"]), H("b", taints=["for=ml", "spot"]), H("c", projects=[2])]
    assert words(Shape(project=1), *hosts) == (
        "no host fits: 2 of 3 have a taint that it does not tolerate (for=ml, gpu, spot), 1 is kept for other projects"
    )


def test_a_host_to_avoid_is_taken_before_one_where_it_failed() -> None:
    shape = Shape(failed_on=frozenset({1}))
    hosts = [H("a"), H("b", taints=["spot:avoid"], containers=99), H("c", availability="cordoned")]
    assert place_one(shape, *hosts).verdicts[0].host_name == "b"
    assert place_one(shape, *hosts, H("d", containers=150)).verdicts[0].host_name == "d"
    tolerant = Shape(tolerations=("spot",))
    assert place_one(tolerant, H("a", containers=50), H("b", taints=["spot:avoid"])).verdicts[0].host_name == "b"
