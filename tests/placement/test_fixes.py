"""What would let in a container that fits nowhere: the words and numbers of single cases."""

import numpy as np
import pytest

from containers.spec.types import Constraint
from core.lib.quantity import cpu_millis, memory_bytes
from scheduler.placement import Fleet, PortWish, Shape
from scheduler.placement.company import AtMost, Kin, Near
from scheduler.placement.fixes import FIXES, MISSES, Advice, advise
from scheduler.placement.gpus import NONE, GpuWish, Park
from scheduler.placement.remedies import Ask
from scheduler.placement.remedies.base import typed_cpu, typed_memory
from scheduler.placement.types import Volume
from tests.placement.fleets import GIB, MIB, H, fleet

WEB = Kin(1, "service", "web")
GPU = Constraint("gpu", "exists")
FRA = Constraint("zone", "=", ("fra",))


def words(shape: Shape, *hosts: H, count: int = 1) -> list[str]:
    return [fix.words for fix in advise(shape, fleet(*hosts), ask=Ask(count, "shop")).fixes]


def test_less_memory_rounded_to_what_a_person_types() -> None:
    hosts = [H(f"h{n}", memory_used=int(2.25 * GIB)) for n in range(3)] + [H("z", memory_used=3 * GIB)]
    advice = advise(Shape(memory_bytes=2 * GIB), fleet(*hosts))
    (fix,) = advice.fixes
    assert (fix.words, fix.changes[0].field, fix.changes[0].value) == (
        "lower memory to 1.7 GiB: 3 hosts",
        "resources.memory",
        "1.7g",
    )
    assert [(one.host, one.reasons[0].missing) for one in advice.misses] == [
        ("h0", "256 MiB"),
        ("h1", "256 MiB"),
        ("h2", "256 MiB"),
        ("z", "1 GiB"),
    ]
    assert advice.lacking == ((("memory",), 4),)


def test_the_amount_that_lets_in_all_who_wait_comes_first() -> None:
    assert words(Shape(cpu_millis=2500), H("a", cpu=2000), H("b", cpu=900), count=3) == [
        "lower cpu to 0.9 CPU: 2 hosts, 3 of 3 placed",
        "lower cpu to 2 CPUs: 1 host, 1 of 3 placed",
    ]


@pytest.mark.parametrize(
    ("shape", "host", "expected"),
    [
        (Shape(), H("h", availability="cordoned"), ["uncordon h: 1 host"]),
        (Shape(), H("h", availability="draining"), ["end the draining of h (uncordon it): 1 host"]),
        (Shape(), H("h", unready="its engine is down"), ["get h going again (its engine is down): 1 host"]),
        (Shape(project=1), H("h", projects=[2]), ["allow shop on h: 1 host"]),
        (Shape(), H("h", taints=["for=ml", "spot:avoid"]), ["tolerate the taint for=ml: 1 host"]),
        (Shape(), H("h", taints=["b", "a"]), ["tolerate the taints a and b: 1 host"]),
        (
            Shape(constraints=(GPU,)),
            H("h"),
            ["add label gpu=true to host h: 1 host", "drop the constraint gpu: 1 host"],
        ),
        (
            Shape(constraints=(Constraint("spot", "absent"), FRA)),
            H("h", labels={"spot": "", "zone": "ams"}),
            [
                "add label zone=fra to host h and take label spot off host h: 1 host",
                "drop the constraints !spot and zone=fra: 1 host",
            ],
        ),
        (Shape(constraints=(Constraint("cores", ">", ("8",)),)), H("h"), ["drop the constraint cores>8: 1 host"]),
        (
            Shape(architectures=frozenset({"arm64"})),
            H("h"),
            ["use an image that is made for amd64, too: 1 host"],
        ),
        (Shape(image="own:1", image_only_there="sha256:1"), H("h"), ["push the image own:1 to a registry: 1 host"]),
        (Shape(needs=(("license", 3),)), H("h", licenses=(5, 3)), ["lower license to 2: 1 host"]),
        (Shape(needs=(("tpu", 1),)), H("h"), ["do without tpu: 1 host"]),
        (
            Shape(ports=(PortWish(80, "tcp", 80, ""),)),
            H("h", ports=[("0.0.0.0", "tcp", 80)]),
            [
                "leave out host_port 80, so that a free one is chosen: 1 host",
                "use host_port 8080 instead of 80: 1 host",
            ],
        ),
        (
            Shape(near=(Near(WEB),)),
            H("h"),
            ["only prefer to be beside service web (prefer: 50): 1 host"],
        ),
    ],
)
def test_each_refusal_has_its_fix(shape: Shape, host: H, expected: list[str]) -> None:
    assert words(shape, host) == expected


def crowd(*rows: int) -> Fleet:
    made = fleet(H("a", labels={"zone": "x"}), H("b", labels={"zone": "x"}), H("c", labels={"zone": "y"}))
    made.company = {WEB: dict(enumerate(rows))}
    return made


def test_a_limit_is_raised_by_as_little_as_helps_one_and_by_as_little_as_helps_all() -> None:
    shape = Shape(at_most=(AtMost(WEB, "host", 1),), counted=frozenset({WEB}))
    assert [fix.words for fix in advise(shape, crowd(1, 2, 1), ask=Ask(4)).fixes] == [
        "raise max_per host to 3: 3 hosts, 4 of 4 placed",
        "raise max_per host to 2: 2 hosts, 2 of 4 placed",
    ]
    zone = Shape(at_most=(AtMost(WEB, "zone", 1),), counted=frozenset({WEB}))
    assert [fix.words for fix in advise(zone, crowd(1, 0, 1)).fixes] == ["raise max_per zone to 2: 3 hosts"]


def test_a_rule_to_be_apart_becomes_a_wish_but_not_the_rule_of_others() -> None:
    shape = Shape(near=(Near(WEB, apart=True),), counted=frozenset({WEB}))
    assert [fix.words for fix in advise(shape, crowd(1, 1, 1)).fixes] == [
        "only prefer to be apart from service web (prefer: 50): 3 hosts"
    ]
    theirs = crowd(0, 0, 0)
    theirs.shunned = {(WEB, "host"): {0: 1, 1: 1, 2: 1}}
    assert advise(Shape(counted=frozenset({WEB})), theirs).fixes == ()


def test_fewer_gpus_or_of_any_model() -> None:
    there = fleet(H("a"), H("b"))
    free = np.array([[1000, 1000, 0], [1000, NONE, NONE]], dtype=np.int16)
    there.park = Park(free, ("T4", "A10"), np.array([False, False]))

    def told(wish: GpuWish) -> list[str]:
        return [fix.words for fix in advise(Shape(gpus=wish), there).fixes]

    assert told(GpuWish(3)) == ["ask for 2 GPUs: 1 host"]
    assert told(GpuWish(2, models=frozenset({"A10"}))) == [
        "ask for 1 GPU: 1 host",
        "take GPUs of any model, not only A10: 1 host",
    ]
    assert told(GpuWish(1, millis=500)) == []  # nobody shares


def test_a_volume_may_be_given_up_but_that_comes_last() -> None:
    shape = Shape(memory_bytes=GIB, volumes=(Volume(1, "data"),))
    assert words(shape, H("a"), H("b", memory=700 * MIB, volumes=[Volume(1, "data")])) == [
        "lower memory to 700 MiB: 1 host",
        "mount a new volume instead of data, without its data: 1 host",
    ]


def test_two_changes_only_where_no_single_one_helps() -> None:
    shape = Shape(memory_bytes=8 * GIB, constraints=(FRA,))
    hosts = [H("a"), H("b", availability="cordoned")]
    assert words(shape, *hosts) == [
        "add label zone=fra to host a and lower memory to 4 GiB: 1 host",
        "drop the constraint zone=fra and lower memory to 4 GiB: 1 host",
    ]
    assert words(shape, *hosts, H("c", labels={"zone": "fra"})) == ["lower memory to 4 GiB: 1 host"]


def test_three_things_in_the_way_everywhere_leave_no_fix_but_the_nearest_hosts() -> None:
    shape = Shape(memory_bytes=8 * GIB, constraints=(FRA,))
    advice = advise(shape, fleet(H("b", availability="cordoned")))
    assert advice.fixes == ()
    assert [one.filter for one in advice.misses[0].reasons] == ["availability", "labels", "memory"]


def test_a_host_is_named_and_how_many_others_would_do() -> None:
    (fix,) = advise(Shape(), fleet(*[H(f"h{n}", availability="cordoned") for n in range(5)])).fixes
    assert (fix.words, fix.changes[0].host, fix.changes[0].alike) == ("uncordon h0: 1 host", "h0", 4)


def test_a_global_services_container_is_told_only_of_its_host() -> None:
    shape = Shape(only_host=2, memory_bytes=5 * GIB)
    assert words(shape, H("a", memory=9 * GIB), H("b"), H("c")) == ["lower memory to 4 GiB: 1 host"]


def test_nothing_is_advised_where_it_fits_and_where_there_are_no_hosts() -> None:
    assert advise(Shape(), fleet(H("a"), H("b", availability="cordoned"))) == Advice(1)
    assert advise(Shape(), fleet()) == Advice(0)


def test_no_more_than_a_few_are_told() -> None:
    hosts = [
        *[H(f"a{n:02}", availability="cordoned") for n in range(12)],
        *[H(f"b{n}", taints=[f"t{n}"]) for n in range(5)],
        *[H(f"c{n}", labels={"spot": ""}) for n in range(3)],
        H("d", unready="it is lost"),
        H("e", projects=[2]),
        H("f", memory=0),
        H("g", cpu=0),
    ]
    shape = Shape(cpu_millis=10, memory_bytes=MIB, project=1, constraints=(Constraint("spot", "absent"),))
    advice = advise(shape, fleet(*hosts))
    assert len(advice.misses) == MISSES
    assert len(advice.fixes) == FIXES
    assert sum(one.hosts for one in advice.lacking) == len(hosts)


@pytest.mark.parametrize(
    "amount", [0, 1, 1023, 1024, 999 * MIB, GIB - 1, GIB, 1932735283, 1932735284, 13 * GIB - 1, 2**45]
)
def test_typed_memory_is_read_back_and_never_more(amount: int) -> None:
    text, rounded = typed_memory(amount)
    assert memory_bytes(text) == rounded <= amount
    assert rounded * 1.12 >= amount


@pytest.mark.parametrize(("millis", "text"), [(0, "0"), (7, "0.007"), (318, "0.31"), (1730, "1.7"), (12_000, "12")])
def test_typed_cpu(millis: int, text: str) -> None:
    assert typed_cpu(millis) == (text, cpu_millis(text))
