"""What containers of a pretended fleet do by themselves: find a host, come up, fail, get well or not, and end."""

from datetime import timedelta
from random import Random

from containers.agent.observe import CLOCK_BACK_S
from containers.states import Desired, Health, Status
from tests.scheduler.services.rows import Row
from tests.scheduler.services.world import World


class Programs:
    """Placement and the agents. `kinds`: how the program of a revision behaves."""

    world: World
    rng: Random
    kinds: dict[int, str]

    def move(self, row: Row) -> None:
        """One step of one container, by its agent or by placement."""
        if row.status == Status.PENDING:
            self.place(row)
        elif not self.world.host_ok(row):
            return
        elif row.desired != Desired.RUN:
            if row.status == Status.STOPPING:
                self.end(row, Status.STOPPED)
            else:
                row.status, row.ready_since = Status.STOPPING, None
        else:
            self.come_up(row)

    def place(self, row: Row) -> None:
        if row.not_before is not None and row.not_before > self.world.now:
            return
        load = sum(one.lives and one.host is not None for one in self.world.rows())
        open_hosts = [n for n, host in self.world.hosts.items() if host.ok and not host.draining]
        before = [one.host for one in self.world.slots[row.key] if self.world.pinned and one.host is not None]
        home = row.pinned or (before[0] if before else None)
        fitting = [n for n in open_hosts if home in (None, n)]
        if fitting and load < self.world.room:
            row.status, row.host, row.bound_at = Status.BOUND, self.rng.choice(fitting), self.world.now

    def come_up(self, row: Row) -> None:
        kind = self.kinds[row.revision]
        if row.status == Status.BOUND:
            row.status = Status.PREPARING
        elif row.status == Status.PREPARING:
            row.status = Status.STARTING
        elif row.status == Status.STARTING:
            if kind == "crash" and self.rng.random() < 0.7:
                self.end(row, Status.FAILED)
                return
            row.status, row.started_at = Status.RUNNING, self.world.now
            self.health(row, Health.NONE if kind in ("good", "crash") else Health.STARTING)
        elif row.died:
            self.end(row, Status.FAILED)
        else:
            self.watch(row)
            self.go_on(row, kind)

    def watch(self, row: Row) -> None:
        """The engine's list shows that it runs."""
        window_s, since = self.world.policy.health_window_s, row.ready_since
        if since is None:
            return
        ready_s = (self.world.now - since).total_seconds()
        if ready_s >= window_s or ready_s < -CLOCK_BACK_S:
            row.watched_until = since + timedelta(seconds=window_s)

    def go_on(self, row: Row, kind: str) -> None:
        if kind == "crash" and self.rng.random() < 0.2:
            self.end(row, self.rng.choice((Status.FAILED, Status.EXITED)))
        elif row.health in (Health.STARTING, Health.UNHEALTHY):
            self.check_health(row, kind)

    def check_health(self, row: Row, kind: str) -> None:
        if kind == "sick":
            self.health(row, Health.UNHEALTHY)
        elif kind != "slow" or self.rng.random() < 0.1:
            self.health(row, Health.HEALTHY)

    def health(self, row: Row, health: Health) -> None:
        if row.health != health:
            row.health, row.health_since = health, self.world.now
        if not self.world.serves(row):
            row.ready_since = None
        elif row.ready_since is None:
            row.ready_since = self.world.now

    def end(self, row: Row, status: Status) -> None:
        row.status, row.ended_at, row.ready_since, row.stop_at = status, self.world.now, None, None
