"""Plan equals deed: what a plan says and what the loops then do agree, for random fleets and random changes."""

from collections import Counter
from random import Random

import pytest
from django.db import transaction

from core.accounts.models import Project, User
from core.lib.problems import Problem
from hosts.models import Host
from scheduler.plans import actions
from tests.forecast.deeds import Deeds
from tests.forecast.fleets import Fleet
from tests.scheduler.lease import take_lease

pytestmark = pytest.mark.django_db

Steps = Counter[tuple[str, str]]


def of(steps: list[dict[str, object]], *doings: str) -> Steps:
    return Counter(
        (str(one["service"] or one["container"]), str(one["host"])) for one in steps if one["doing"] in doings
    )


def check(seed: int, *, lost: bool = False) -> str:
    """One fleet and one plan; the words of the plan when it was tried. Alike containers may change places."""
    user = User.objects.create_superuser("ada", password="ada-long-password")
    fleet = Fleet(Random(seed), take_lease(), Project.objects.create(name="shop"), alike=lost)
    fleet.build()
    changes = fleet.changes()
    try:
        plan = actions.make(user, changes)
    except Problem as problem:
        if problem.status != 409:  # a global service is not scaled
            raise
        return "refused"
    found, deeds = plan.forecast, Deeds(fleet.hold)
    assert found["is_whole"], f"seed {seed}"
    deeds.begin()
    if lost:
        Host.objects.filter(name=changes[0]["host"]).update(reachable="lost")
    else:
        actions.apply(plan, user)
    deeds.run()
    steps = found["steps"]
    words = f"seed {seed}: {changes}\n" + "\n".join(f"{one}" for one in steps)
    starts, ends = of(steps, "start"), of(steps, "stop", "lose")
    waiting = Counter(str(one["service"] or one["container"]) for one in found["unplaced"])
    if lost:
        assert _by(starts, 1) == _by(deeds.starts, 1), words
        assert _by(starts, 0) == _by(deeds.starts, 0), words
        assert waiting.total() == deeds.waiting().total(), words
    elif waiting or found["stays"]:
        # Room is short: which of the rivals gets the last of it is a matter of moments.
        assert starts.total() == deeds.starts.total(), words
        assert waiting.total() == deeds.waiting().total(), words
        assert ends.total() == deeds.ends.total(), words
        return "short"
    else:
        assert starts == deeds.starts, words
        assert not deeds.waiting(), words
    assert ends == deeds.ends, words
    return "moved" if steps else "nothing"


def _by(steps: Steps, part: int) -> Counter[str]:
    """Those that are alike are lost in one moment: which service of them gets which host is chance."""
    found: Counter[str] = Counter()
    for place, count in steps.items():
        found[place[part]] += count
    return found


@pytest.mark.parametrize("seed", range(10))
def test_a_plan_and_what_then_happens_agree(seed: int) -> None:
    check(seed)


@pytest.mark.parametrize("seed", range(1000, 1003))
def test_a_lost_host_brings_what_was_foretold(seed: int) -> None:
    check(seed, lost=True)


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_two_hundred_plans_and_deeds() -> None:
    told: Counter[str] = Counter()
    for number in range(200):
        with transaction.atomic():
            told[check(number, lost=number % 5 == 4)] += 1
            transaction.set_rollback(True)
    print(dict(told))  # noqa: T201
    assert told["moved"] >= 120, told
