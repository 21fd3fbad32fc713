"""Which hosts this agent speaks for: at most its share among the live agents, taken from those who are gone.

Before: beats (core.lib.lease). After: a HostWorker per held host. A dead agent's hosts pass to others and no container
is touched; a surplus is given back one host at a time.
"""

import logging
import math
import threading
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from containers.agent.hands import Hands
from containers.agent.worker import HostWorker
from core.lib.lease import Hold, HoldLost, Presence
from hosts.address import engine_address
from hosts.conditions import set_condition, set_reachable
from hosts.engine import open_engine
from hosts.models import Host
from hosts.states import Reachable

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One row of the holds table, with what opens the host's door: its address and keys, nothing else of it."""

    host_id: int
    agent: uuid.UUID | None
    epoch: int
    door: str


class Share:
    """Keeps the workers equal to the holds. `look` runs in the presence's watching thread."""

    def __init__(self, presence: Presence, *, cluster: str, actor: str) -> None:
        self.presence, self.cluster, self.actor = presence, cluster, actor
        self._workers: dict[int, tuple[HeldRow, HostWorker]] = {}
        self._shut: dict[int, HeldRow] = {}  # hosts whose door could not be opened, until something about them changes
        self._guard = threading.Lock()
        presence.on_look = self.look
        presence.on_retired = self.drop_all

    def wake(self, host_ids: set[int] | None) -> None:
        """Make the workers of these hosts look at their rows; None means all."""
        for worker in self._chosen(host_ids):
            worker.wake()

    def compare(self, host_ids: set[int] | None) -> None:
        """Make the workers of these hosts look at their engines; None means all."""
        for worker in self._chosen(host_ids):
            worker.compare_soon()

    def _chosen(self, host_ids: set[int] | None) -> list[HostWorker]:
        with self._guard:
            return [worker for key, (_, worker) in self._workers.items() if host_ids is None or key in host_ids]

    def look(self) -> None:
        """Read the holds, claim what is free up to the share, give back a surplus, start and stop workers."""
        rows = _read_holds()
        live = self.presence.live | {self.presence.incarnation}
        mine = [row for row in rows if row.agent == self.presence.incarnation]
        share = math.ceil(len(rows) / len(live))
        for row in mine[share : share + 1]:
            self._give_back(row)
            mine.remove(row)
        free = [row for row in rows if row.agent is None or row.agent not in live]
        for row in free[: max(0, share - len(mine))]:
            epoch = self._claim(row)
            if epoch is not None:
                mine.append(HeldRow(row.host_id, self.presence.incarnation, epoch, row.door))
        self._match_workers({row.host_id: row for row in mine})

    def drop_all(self) -> None:
        """Stop every worker at once, without a word to the database: the holds are not ours any more."""
        self._match_workers({})

    def leave(self) -> None:
        """Graceful end: finish the steps under way, then free the hosts so that others take them at once."""
        with self._guard:
            held = list(self._workers.values())
            self._workers = {}
        stops = [threading.Thread(target=worker.stop, kwargs={"wait": True}) for _, worker in held]
        for stop in stops:
            stop.start()
        for stop in stops:
            stop.join(timeout=8)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE hosts_hosthold SET agent = NULL, epoch = epoch + 1 WHERE agent = %s",
                [self.presence.incarnation],
            )

    def _claim(self, row: HeldRow) -> int | None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE hosts_hosthold SET agent = %s, epoch = epoch + 1 WHERE host_id = %s AND epoch = %s"
                " AND NOT EXISTS (SELECT 1 FROM hosts_process p WHERE p.id = agent AND NOT p.retired) RETURNING epoch",
                [self.presence.incarnation, row.host_id, row.epoch],
            )
            claimed = cursor.fetchone()
        return int(claimed[0]) if claimed else None

    def _give_back(self, row: HeldRow) -> None:
        with connection.cursor() as cursor:  # first of all: what is cut off by the end of its engine writes nothing
            cursor.execute(
                "UPDATE hosts_hosthold SET agent = NULL, epoch = epoch + 1 WHERE host_id = %s AND agent = %s",
                [row.host_id, self.presence.incarnation],
            )
        with self._guard:
            held = self._workers.pop(row.host_id, None)
        if held:
            held[1].stop(wait=False)
            log.info("giving host %s back: another agent has room", held[1].hands.host_name)

    def _match_workers(self, mine: dict[int, HeldRow]) -> None:
        with self._guard:
            stale = [key for key, (row, _) in self._workers.items() if mine.get(key) != row]
            ended = [self._workers.pop(key)[1] for key in stale]
            fresh = [row for key, row in mine.items() if key not in self._workers and self._shut.get(key) != row]
        for worker in ended:
            threading.Thread(target=worker.stop, kwargs={"wait": False}, daemon=True).start()
        for row in fresh:
            opened = self._try_open(row)
            if opened is not None:
                with self._guard:
                    self._workers[row.host_id] = (row, opened)
                opened.start()

    def _try_open(self, row: HeldRow) -> HostWorker | None:
        """One host that cannot be opened (its keys, its address) must not keep the others waiting."""
        try:
            return self._open(row)
        except (DatabaseError, HoldLost):
            raise
        except Exception as error:
            self._shut[row.host_id] = row
            log.exception("host %s cannot be opened; it is tried again when it is changed", row.host_id)
            words = f"its keys or address cannot be used: {error}; correct the host, or ORCHESTRA_VAULT_KEYS"
            set_condition(row.host_id, "keys", bad=True, message=words, actor=self.actor, hold=self._hold(row))
            unasked = "nobody can ask its engine: its keys or address cannot be used"
            set_reachable(row.host_id, Reachable.SUSPECT, message=unasked, actor=self.actor, hold=self._hold(row))
            return None

    @staticmethod
    def _hold(row: HeldRow) -> Hold:
        return Hold("hosts_hosthold", "host_id", row.host_id, row.epoch)

    def _open(self, row: HeldRow) -> HostWorker | None:
        host = Host.objects.filter(pk=row.host_id).first()
        if host is None:
            return None
        engine = open_engine(
            engine_address(host),
            cluster=self.cluster,
            deadline_s=settings.ENGINE_DEADLINE_S,
            pool=settings.ENGINE_POOL * 4,
        )
        if host.conditions.get("keys", {}).get("status") == "bad":
            set_condition(host.pk, "keys", bad=False, message="", actor=self.actor, hold=self._hold(row))
        hands = Hands(
            host_id=host.pk,
            host_name=host.name,
            engine=engine,
            hold=self._hold(row),
            may_act=self.presence.may_act,
            actor=self.actor,
            cluster=self.cluster,
        )
        log.info("speaking for host %s at %s (epoch %s)", host.name, host.url, row.epoch)
        return HostWorker(hands, on_lost=lambda: self._forget(row))

    def _forget(self, row: HeldRow) -> None:
        with self._guard:
            held = self._workers.get(row.host_id)
            if held is None or held[0] != row:
                return
            del self._workers[row.host_id]
        threading.Thread(target=held[1].stop, kwargs={"wait": False}, daemon=True).start()


def _read_holds() -> list[HeldRow]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.host_id, o.agent, o.epoch, h.url || ' ' || coalesce(md5(h.tls_sealed), '') FROM hosts_hosthold o"
            " JOIN hosts_host h ON h.id = o.host_id ORDER BY o.host_id"
        )
        return [HeldRow(*row) for row in cursor.fetchall()]
