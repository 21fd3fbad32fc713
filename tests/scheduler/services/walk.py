"""Random walks of a service: faults, people, slow programs, and a scheduler that dies or comes late.

Each step is checked (see world.py). Once the faults are over, everything must come to rest at what was asked for.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from random import Random

from containers.rules import wants_next
from containers.spec.service import UpdatePolicy
from containers.states import FINAL, Desired, Health, Status
from scheduler.controllers.services.draft import MAX_CHANGES
from scheduler.controllers.services.plan import plan_service
from scheduler.controllers.services.types import AddSuccessor, Change, Planned, Stop
from tests.scheduler.services.programs import Programs
from tests.scheduler.services.rows import Broken, Host, Row
from tests.scheduler.services.world import World

KINDS = ("good", "good", "good", "sick", "crash", "slow")
LOST_AFTER_S = 5.0
ROUNDS_MAX = 1500
QUIET_ROUNDS = 9
ROUND_S = 5.0


def random_policy(rng: Random) -> UpdatePolicy:
    surge = rng.choice((0, 1, 1, 1, 2, 3))
    return UpdatePolicy(
        order=rng.choice(("start-first", "start-first", "stop-first")),
        max_surge=surge,
        max_unavailable=rng.choice((0, 0, 1, 2)) if surge else rng.choice((1, 2)),
        batch=rng.choice((1, 1, 2, 5)),
        health_window_s=rng.choice((0, 2, 5)),
        start_deadline_s=20,
        failure_threshold=rng.choice((1, 1, 2, 4)),
        on_failure=rng.choice(("pause", "roll-back")),
        hold_after_first=rng.random() < 0.2,
    )


class Walk(Programs):
    """One service's life. `steps` counts what was done and checked."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.kinds = {1: "good"}
        self.late: tuple[Planned, int] | None = None
        self.steps = 0
        self.world = World(
            policy=random_policy(rng),
            mode=rng.choice(("replicated", "replicated", "replicated", "global")),
            replicas=rng.randint(0, 6),
            restart=rng.choice(("always", "always", "always", "on-failure", "none")),
            exclusive=rng.random() < 0.2,
            strict=rng.random() < 0.2,
            stop_delay_s=rng.choice((0.0, 0.0, 3.0)),
            room=rng.choice((3, 8, 10_000)),
        )
        self.world.pinned = self.world.exclusive and rng.random() < 0.5
        self.world.begin(1, "update")

    # --- one step

    def step(self) -> None:
        """Something happens; then the invariants are looked at."""
        doing = self.rng.choices(DOINGS, WEIGHTS)[0]
        doing(self)
        self.world.check()
        self.steps += 1

    def agent(self) -> None:
        for _ in range(self.rng.randint(1, 4)):
            live = [row for row in self.world.rows() if row.lives]
            if live:
                self.move(self.rng.choice(live))

    def tick(self) -> None:
        self.world.now += timedelta(seconds=self.rng.choice((0.2, 1.0, 1.0, 5.0, 30.0)))
        self.held()

    def plan(self) -> None:
        """Plan, and apply at once, in part (the scheduler died), or later."""
        if self.late is not None:
            self.apply_late()
            return
        if self.world.gone:
            return
        planned = self.planned()
        if self.rng.random() < 0.15:
            self.late = (planned, self.world.generation)
        elif self.rng.random() < 0.15:
            self.world.apply(planned.changes[: self.rng.randint(0, len(planned.changes))])
        else:
            self.apply(planned.changes)

    def planned(self) -> Planned:
        planned = plan_service(self.world.see(), self.world.now, jitter=self.rng.random())
        if len(planned.changes) > MAX_CHANGES:
            raise Broken(f"{len(planned.changes)} changes in one plan")
        for change in planned.changes:
            self.check_planned(change)
        return planned

    def check_planned(self, change: Change) -> None:
        """What must be true of the world that was seen."""
        match change:
            case Stop():
                self.check_window(self.world.row(change.id))
            case AddSuccessor() if not self.world.host_ok(self.world.row(change.beside)) and self.world.strict:
                raise Broken("a second one of a strict service, beside a silent host")
            case AddSuccessor(keeps_revision=False) if self.world.paused:
                if not self.world.current(self.world.row(change.beside)):
                    raise Broken("an outdated one is replaced by another revision, though all is paused")

    def check_window(self, row: Row) -> None:
        """What serves makes way for a successor only when that was seen ready for the whole window."""
        new = None if row.is_successor else self.world.successor(row.key)
        if new is None or new.status == Status.PENDING or not self.world.serves(row):
            return
        since = new.ready_since or self.world.now
        seen_s = ((new.watched_until or since) - since).total_seconds()
        if not self.world.serves(new) or seen_s < self.world.policy.health_window_s:
            died = ", and it had died" if new.died else ""
            raise Broken(f"web.{row.key} makes way for one that was seen ready for {seen_s} s{died}")

    def apply(self, changes: Sequence[Change]) -> None:
        """All of it; and planning what came out of it asks for nothing more."""
        if not self.world.apply(changes):
            raise Broken(f"a fresh plan does not fit: {changes}")
        if changes and not self.world.gone and self.rng.random() < 0.3:
            again = plan_service(self.world.see(), self.world.now, jitter=0.5)
            if again.changes and not self.went_back(changes):
                raise Broken(f"planned {changes}, and then again {again.changes}")

    def went_back(self, changes: Sequence[Change]) -> bool:
        return any(type(change).__name__ == "RollBack" for change in changes)

    def apply_late(self) -> None:
        """A wish that changed meanwhile voids the plan; everything else is found out change by change."""
        if self.late is not None and self.late[1] == self.world.generation:
            self.world.apply(self.late[0].changes)
        self.late = None

    def restarts(self) -> None:
        """The loop that brings back what crashed; a race with a living successor is part of it."""
        for key in self.world.kept():
            row = self.world.occupant(key)
            if row is None or not wants_next(self.world.restart, row.status) or row.desired != Desired.RUN:
                continue
            if self.world.successor(key) is None or self.rng.random() < 0.1:
                self.world.add_next(row)

    def held(self) -> None:
        for row in self.world.rows():
            if row.stop_at is not None and row.stop_at <= self.world.now and not row.superseded:
                self.world.leave(row, Desired.STOP)

    def host_health(self) -> None:
        """What was on a host that has been silent for long is lost, and comes back elsewhere."""
        for number, host in self.world.hosts.items():
            if host.lost_at is None or (self.world.now - host.lost_at).total_seconds() < LOST_AFTER_S:
                continue
            for row in list(self.world.rows()):
                if row.host == number and row.lives and not (self.world.strict or self.world.exclusive):
                    self.end(row, Status.LOST)

    # --- faults

    def fault(self) -> None:
        self.rng.choice((self.crash, self.die, self.sicken, self.host_fault, self.drain, self.clock, self.lack_room))()

    def running(self) -> list[Row]:
        return [row for row in self.world.rows() if row.status == Status.RUNNING and self.world.host_ok(row)]

    def crash(self) -> None:
        for row in self.rng.sample(self.running(), min(1, len(self.running()))):
            self.end(row, self.rng.choice((Status.FAILED, Status.EXITED)))

    def die(self) -> None:
        """Its agent dies at the same moment: its row says running until another one looks."""
        for row in self.rng.sample(self.running(), min(1, len(self.running()))):
            row.died = True

    def sicken(self) -> None:
        for row in self.rng.sample(self.running(), min(1, len(self.running()))):
            self.health(row, self.rng.choice((Health.UNHEALTHY, Health.HEALTHY, Health.UNKNOWN)))

    def host_fault(self) -> None:
        number = self.rng.choice(list(self.world.hosts))
        host = self.world.hosts[number]
        if host.ok:
            host.ok, host.lost_at, host.since = False, self.world.now, self.world.now
        else:
            self.come_back(number, host)

    def come_back(self, number: int, host: Host) -> None:
        host.ok, host.lost_at, host.since = True, None, self.world.now
        for row in self.world.rows():
            if row.host == number and row.ready_since is not None:
                row.ready_since = self.world.now

    def drain(self) -> None:
        host = self.world.hosts[self.rng.choice(list(self.world.hosts))]
        host.draining = not host.draining
        if self.world.mode == "global":
            self.world.generation += 1

    def clock(self) -> None:
        self.world.now += timedelta(seconds=self.rng.choice((-3600, -60, -2, 60, 3600)))

    def lack_room(self) -> None:
        self.world.room = self.rng.choice((self.world.desired, self.world.desired + 1, 10_000))

    # --- people

    def user(self) -> None:
        self.rng.choice(VERBS)(self)
        self.world.generation += 1

    def scale(self) -> None:
        self.world.replicas = self.rng.randint(0, 8)

    def update(self) -> None:
        revision = max(self.kinds) + 1
        self.kinds[revision] = self.rng.choice(KINDS)
        self.world.begin(revision, "update")

    def roll_back(self) -> None:
        self.world.begin(self.rng.choice(list(self.kinds)), "roll-back")

    def restart(self) -> None:
        self.world.begin(self.world.revision, "restart", fresh=True)

    def pause(self) -> None:
        self.world.paused = True

    def resume(self) -> None:
        self.world.paused = False
        one = self.world.rollout
        if one is not None and one.status == "paused":
            self.world.rollout = replace(one, status="running", failures=0)

    def abort(self) -> None:
        one = self.world.rollout
        if one is not None and one.status in ("running", "holding", "paused"):
            self.world.rollout = replace(one, status="aborted")

    def promote(self) -> None:
        if self.world.rollout is not None:
            self.world.rollout = replace(self.world.rollout, promoted=True)

    def ask_replacement(self) -> None:
        rows = [self.world.occupant(key) for key in self.world.kept()]
        live = [row for row in rows if row is not None and row.lives]
        if live:
            self.rng.choice(live).replace_asked = True

    def change_policy(self) -> None:
        self.world.policy = random_policy(self.rng)
        self.world.batch_holds = False
        self.world.exclusive = self.rng.random() < 0.2

    def remove(self) -> None:
        self.world.removing = self.world.removing or self.rng.random() < 0.1

    # --- the end of all faults

    def settle(self) -> None:
        """Faults over, people gone: it comes to rest, at what was asked for."""
        self.kinds = dict.fromkeys(self.kinds, "good")
        self.world.room = 10_000
        for number, host in self.world.hosts.items():
            self.come_back(number, host)
            host.draining = host.draining and number > 1 and not self.world.pinned
        if self.rng.random() < 0.7:
            self.resume()
            self.promote()
        quiet = 0
        for _ in range(ROUNDS_MAX):
            quiet = quiet + 1 if self.round() else 0
            if quiet >= QUIET_ROUNDS:
                break
        else:
            raise Broken("it never comes to rest")
        self.check_rest()

    def round(self) -> bool:
        """Everybody has a turn; True: nobody did anything."""
        before = deepcopy(self.world.slots)
        self.world.now += timedelta(seconds=ROUND_S)
        self.apply_late()
        self.held()
        self.host_health()
        self.restarts()
        for row in list(self.world.rows()):
            if row.lives:
                self.move(row)
            elif row.status not in FINAL:
                raise Broken(f"{row.status} is neither living nor final")
            if row.health == Health.UNKNOWN:
                self.health(row, Health.HEALTHY)
        planned = Planned() if self.world.gone else self.planned()
        self.apply(planned.changes)
        self.world.check()
        self.steps += 1
        quiet = not planned.changes and before == self.world.slots
        if quiet:
            self.wait_for(planned)
        return quiet

    def wait_for(self, planned: Planned) -> None:
        """Nothing happens until a moment that the plan named, or a back-off ends."""
        moments = [row.not_before or row.stop_at for row in self.world.rows() if row.lives]
        waits_s = [(moment - self.world.now).total_seconds() for moment in moments if moment is not None]
        waits_s += [planned.look_again_s] if planned.look_again_s is not None else []
        self.world.now += timedelta(seconds=min([wait_s for wait_s in waits_s if wait_s > 0], default=0.0))

    def check_rest(self) -> None:
        world, one = self.world, self.world.rollout
        if world.removing:
            if not world.gone or any(row.lives for row in world.rows()):
                raise Broken("removed, and not gone")
            return
        if len(world.kept()) != world.desired:
            raise Broken(f"{len(world.kept())} slots, {world.desired} desired")
        for key in world.kept():
            self.check_slot_at_rest(key)
        assert one is not None
        if one.status == "running" and not world.paused:
            raise Broken(f"the roll-out never ends: {one.message}")

    def check_slot_at_rest(self, key: str) -> None:
        world, one, row = self.world, self.world.rollout, self.world.occupant(key)
        assert row is not None
        assert one is not None
        over = world.restart != "always" and row.status in FINAL and not wants_next(world.restart, row.status)
        if world.successor(key) is not None:
            raise Broken(f"web.{key} still has a successor")
        if not over and not world.serves(row):
            raise Broken(f"web.{key} is not ready: {row.status}")
        if one.status == "done" and not world.current(row):
            raise Broken(f"done, and web.{key} is outdated")


DOINGS: tuple[Callable[[Walk], None], ...] = (
    Walk.agent,
    Walk.tick,
    Walk.plan,
    Walk.restarts,
    Walk.host_health,
    Walk.fault,
    Walk.user,
)
WEIGHTS = (40, 20, 30, 8, 4, 4, 4)
VERBS: tuple[Callable[[Walk], None], ...] = (
    Walk.scale,
    Walk.scale,
    Walk.update,
    Walk.update,
    Walk.update,
    Walk.roll_back,
    Walk.restart,
    Walk.pause,
    Walk.resume,
    Walk.resume,
    Walk.abort,
    Walk.promote,
    Walk.ask_replacement,
    Walk.change_policy,
    Walk.remove,
)


def walk(seed: int, *, steps: int) -> int:
    """One life from its seed; how many steps it took. Raises Broken with the seed."""
    one = Walk(Random(seed))
    try:
        for _ in range(steps):
            one.step()
            if one.world.gone:
                break
        one.settle()
    except Exception as error:
        raise Broken(f"seed {seed}, step {one.steps}: {error}") from error
    return one.steps
