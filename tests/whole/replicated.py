"""Services as an operator asks for them, and their containers as the rows tell: for tests and for the bench."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.whole.installation import Answer, Installation, wait_for

PATH = "/projects/default/services"


@dataclass(frozen=True)
class Replica:
    """One container that fills its slot, in the row's words."""

    id: str
    slot: str
    key: str
    attempt: int
    status: str
    host: str
    message: str


class Service:
    """One service of an installation."""

    def __init__(self, installation: Installation, service_id: str, name: str) -> None:
        self.installation, self.id, self.name = installation, service_id, name

    @classmethod
    def create(cls, installation: Installation, name: str, image: str, *, replicas: int, **more: Any) -> Service:
        """`container` in `more` adds to what runs: `act wait`, which ends at once when it is told to."""
        container = {"image": image, "command": ["act", "wait"], "stop_grace": 3, **more.pop("container", {})}
        spec = {"name": name, "replicas": replicas, "container": container, "update": {"health_window": 0}, **more}
        answer = installation.insist("POST", PATH, spec)
        if answer.status != 201:
            raise RuntimeError(f"{name}: {answer.status} {answer.body}")
        return cls(installation, answer.body["id"], name)

    def verb(self, verb: str, body: Any = None) -> Answer:
        answer = self.installation.insist("POST", f"{PATH}/{self.id}/{verb}", body or {})
        assert answer.status in (200, 202), answer.body
        return answer

    def replicas(self) -> list[Replica]:
        """What fills the slots now, by the slots' order."""
        rows = self.installation.sql(
            "SELECT c.id::text, c.slot_id::text, c.slot_key, c.attempt, c.status, coalesce(h.name, ''), c.message"
            " FROM containers_container c LEFT JOIN hosts_host h ON h.id = c.host_id"
            " WHERE c.service_id = %s AND NOT c.superseded AND NOT c.is_successor AND c.desired = 'run'"
            " ORDER BY length(c.slot_key), c.slot_key",
            self.id,
        )
        return [Replica(*row) for row in rows]

    def await_running(self, count: int, *, away_from: str = "", timeout_s: float = 120) -> float:
        """Until so many run, none of them on the host `away_from`; the seconds it took."""

        def there() -> bool:
            seen = self.replicas()
            return len([one for one in seen if one.status == "running" and one.host != away_from]) == count == len(seen)

        words = f"{count} of {self.name} run" + (f", none on {away_from}" if away_from else "")
        return wait_for(there, timeout_s=timeout_s, what=words, last=self.replicas)

    def remove(self, *, timeout_s: float = 120) -> None:
        """Ask for its end and wait until no engine has any of it."""
        self.verb("remove")
        left = "SELECT count(*) FROM containers_container WHERE service_id = %s AND gone_at IS NULL"
        wait_for(
            lambda: self.installation.sql(left, self.id) == [(0,)], timeout_s=timeout_s, what=f"{self.name} is gone"
        )
