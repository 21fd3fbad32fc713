"""What a step needs to act on one host: the engine, the hold that fences every write, the right to act at all."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from containers.models import Container
from containers.states import By, Desired, Status
from containers.transitions import Move, Observation, move, move_many, observe_many
from core.lib.brief import database_visit
from core.lib.lease import Hold, HoldLost
from hosts.engine import Engine


def _nobody(_: UUID) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Hands:
    """One host as its agent holds it. `may_act` is asked before every engine call that changes something.

    `on_running` is told of each container that runs since now, `on_probed` of those that are for the agent itself to
    ask.
    """

    host_id: int
    host_name: str
    engine: Engine
    hold: Hold
    may_act: Callable[[], bool]
    actor: str
    cluster: str
    on_running: Callable[[UUID], None] = _nobody
    on_probed: Callable[[UUID], None] = _nobody

    def check(self) -> None:
        """Raises HoldLost when this process was silent for so long that another may have taken over."""
        if not self.may_act():
            raise HoldLost(f"host {self.host_name}: this agent was silent for too long to go on")

    def move(self, container_id: UUID, to: Status, *, reason: str = "", message: str = "", **values: Any) -> bool:
        """Move one container as this host's agent; False when the row no longer allows it."""
        with database_visit():
            wished = Move(container_id, to, reason=reason, message=message, values=values)
            return move(wished, by=By.AGENT, actor=self.actor, hold=self.hold)

    def note(self, container_id: UUID, **values: Any) -> None:
        """Write facts that change no status."""
        with database_visit():
            observe_many([Observation(container_id, values)], actor=self.actor, hold=self.hold)

    def note_health(self, found: Mapping[UUID, tuple[str, str]]) -> None:
        """Write health and its reason for those that run and shall go on: what is on its way out is not unwell."""
        with database_visit():
            going_on = Container.objects.filter(
                id__in=list(found), host_id=self.host_id, status=Status.RUNNING, desired=Desired.RUN
            )
            seen = [
                Observation(key, {"health": found[key][0], "message": found[key][1]})
                for key in going_on.values_list("id", flat=True)
            ]
            if seen:
                observe_many(seen, actor=self.actor, hold=self.hold)

    def note_stayed_ready(self, until: Mapping[UUID, datetime]) -> None:
        """Write up to when each was seen to run: the end of its health window."""
        with database_visit():
            seen = [Observation(key, {"watched_until": at}) for key, at in until.items()]
            observe_many(seen, actor=self.actor, hold=self.hold)

    def row(self, container_id: UUID) -> Container:
        """The row as it is now, with its project and its service."""
        with database_visit():
            return Container.objects.select_related("project", "service", "revision").get(pk=container_id)

    def prepare(self, container_ids: Iterable[UUID]) -> None:
        """Move those that are bound to preparing, together: a hundred of them are one transaction."""
        with database_visit():
            wished = [Move(container_id, Status.PREPARING) for container_id in container_ids]
            move_many(wished, by=By.AGENT, actor=self.actor, hold=self.hold)

    def begin(self, container_id: UUID, **values: Any) -> bool:
        """Move one container to starting; False also when somebody asked for a stop meanwhile."""
        with database_visit():
            wished = Move(container_id, Status.STARTING, values=values, while_wanted=True)
            return move(wished, by=By.AGENT, actor=self.actor, hold=self.hold)
