"""Hypothesis lets things happen to a service in orders of its own, and shortens what breaks."""

from random import Random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.scheduler.services.walk import VERBS, Walk

CHANCE = st.integers(0, 2**16)


class Life(RuleBasedStateMachine):
    """Rules are what may happen; each draws its own chance, so that an example can be shortened."""

    walk: Walk

    @initialize(chance=CHANCE)
    def begin(self, chance: int) -> None:
        self.walk = Walk(Random(chance))

    @rule(chance=CHANCE)
    def containers_move(self, chance: int) -> None:
        self.walk.rng = Random(chance)
        self.walk.agent()

    @rule(chance=CHANCE)
    def time_passes(self, chance: int) -> None:
        self.walk.rng = Random(chance)
        self.walk.tick()

    @rule(chance=CHANCE)
    def scheduler_turns(self, chance: int) -> None:
        self.walk.rng = Random(chance)
        self.walk.plan()
        self.walk.restarts()
        self.walk.host_health()

    @rule(chance=CHANCE)
    def something_breaks(self, chance: int) -> None:
        self.walk.rng = Random(chance)
        self.walk.fault()

    @rule(chance=CHANCE, verb=st.sampled_from(VERBS))
    def somebody_acts(self, chance: int, verb: object) -> None:
        self.walk.rng = Random(chance)
        assert callable(verb)
        verb(self.walk)
        self.walk.world.generation += 1

    @invariant()
    def holds(self) -> None:
        if hasattr(self, "walk"):
            self.walk.world.check()

    def teardown(self) -> None:
        if hasattr(self, "walk"):
            self.walk.settle()


Life.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None, derandomize=True)
TestLife = Life.TestCase
