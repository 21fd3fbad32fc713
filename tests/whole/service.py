"""A service as tests handle it: every verb over HTTP, its slots and roll-outs by SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.whole.installation import Answer, Installation, wait_for

SERVICES = "/projects/default/services"
QUICK = {"health_window": 1}  # the update policy of tests: proved after a second


@dataclass(frozen=True)
class Row:
    """The current attempt of a slot, or its successor."""

    id: str
    slot: str
    attempt: int
    is_successor: bool
    status: str
    health: str
    desired: str
    held: bool
    revision: int
    host: str | None
    message: str

    @property
    def serves(self) -> bool:
        """It has not been told to go, and takes requests."""
        well = self.status == "running" and self.health in ("none", "healthy")
        return well and self.desired == "run" and not self.held


@dataclass
class ServiceHandle:
    """`create` asks for it; `spec` is what was asked for last."""

    installation: Installation
    spec: dict[str, Any]
    id: str = field(default="")

    @classmethod
    def create(cls, installation: Installation, name: str, container: dict[str, Any], **more: Any) -> ServiceHandle:
        """Ask for a service; `container` with the times of tests unless it says otherwise."""
        spec = {"name": name, "container": {"stop_grace": 3, **container}, "update": QUICK, **more}
        answer = installation.insist("POST", SERVICES, spec)
        assert answer.status == 201, answer.body
        return cls(installation, spec, answer.body["id"])

    # what is said to it

    def update(self, *, container: dict[str, Any] | None = None, **more: Any) -> Any:
        """PUT the spec with these changes; the service."""
        self.spec = {**self.spec, **more, "container": {**self.spec["container"], **(container or {})}}
        answer = self.installation.insist("PUT", f"{SERVICES}/{self.id}", self.spec)
        assert answer.status == 202, answer.body
        return answer.body

    def say(self, verb: str, **body: Any) -> Any:
        """POST a verb that is taken; the service."""
        answer = self.try_say(verb, **body)
        assert answer.status == 202, answer.body
        return answer.body

    def try_say(self, verb: str, **body: Any) -> Answer:
        return self.installation.insist("POST", f"{SERVICES}/{self.id}/{verb}", body)

    # what is seen of it

    def get(self) -> Any:
        return self.installation.call("GET", f"{SERVICES}/{self.id}").body

    def rollouts(self) -> list[Any]:
        """Newest first."""
        found: list[Any] = self.installation.call("GET", f"{SERVICES}/{self.id}/rollouts").body
        return found

    def endpoints(self) -> list[Any]:
        found: list[Any] = self.installation.call("GET", f"{SERVICES}/{self.id}/endpoints").body["endpoints"]
        return found

    def rows(self) -> list[Row]:
        """Its slots as they stand, by SQL."""
        found = self.installation.sql(
            "SELECT c.id::text, c.slot_key, c.attempt, c.is_successor, c.status, c.health, c.desired,"
            " c.stop_at IS NOT NULL, r.number, h.name, c.message FROM containers_container c"
            " JOIN containers_revision r ON r.id = c.revision_id LEFT JOIN hosts_host h ON h.id = c.host_id"
            " WHERE c.service_id = %s AND NOT c.superseded AND NOT (c.desired = 'remove' AND c.gone_at IS NOT NULL)"
            " ORDER BY length(c.slot_key), c.slot_key, c.is_successor",
            self.id,
        )
        return [Row(*row) for row in found]

    def story(self) -> str:
        """Its events and those of its containers, for a test that failed."""
        told = self.installation.sql(
            "SELECT e.at::time::text, c.slot_key, c.attempt, e.kind, e.message FROM events_event e"
            " LEFT JOIN containers_container c ON c.id::text = e.object_id"
            " WHERE e.object_id = %s OR c.service_id = %s ORDER BY e.id",
            self.id,
            self.id,
        )
        return "\n".join(" ".join(str(word) for word in row) for row in told)

    # waiting

    def await_rows(self, fit: Callable[[list[Row]], bool], *, what: str, timeout_s: float = 30) -> list[Row]:
        """Wait until its slots are as they should be."""
        seen: list[Row] = []

        def there() -> bool:
            nonlocal seen
            seen = self.rows()
            return fit(seen)

        wait_for(there, timeout_s=timeout_s, what=what, last=lambda: (seen, self.rollouts()[:2]))
        return seen

    def await_serving(self, count: int, *, timeout_s: float = 30) -> list[Row]:
        """Wait until so many serve, and nobody else is there."""
        return self.await_rows(
            lambda rows: len(rows) == count and all(row.serves for row in rows),
            what=f"{count} serve",
            timeout_s=timeout_s,
        )

    def await_rollout(self, *statuses: str, kind: str = "", timeout_s: float = 60) -> Any:
        """Wait until the latest roll-out is of this kind and in one of the statuses; it."""
        seen: list[Any] = []

        def there() -> bool:
            nonlocal seen
            seen = self.rollouts()
            return seen[0]["status"] in statuses and kind in ("", seen[0]["kind"])

        wait_for(there, timeout_s=timeout_s, what=f"{kind} {statuses}", last=lambda: (seen[:2], self.rows()))
        return seen[0]

    def await_gone(self, *, timeout_s: float = 30) -> None:
        """Wait until nothing of it is left."""
        asked = "SELECT gone_at IS NOT NULL FROM containers_service WHERE id = %s"
        wait_for(lambda: self.installation.sql(asked, self.id) == [(True,)], timeout_s=timeout_s, what="it is gone")
        left = "SELECT count(*) FROM containers_container WHERE service_id = %s AND gone_at IS NULL"
        wait_for(lambda: self.installation.sql(left, self.id) == [(0,)], timeout_s=timeout_s, what="engines are empty")


def a_name(prefix: str) -> str:
    """A name that no other test has."""
    return f"{prefix}-{uuid4().hex[:6]}"
