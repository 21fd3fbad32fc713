"""Every operation of the API against its document, for each role: no 5xx, nothing undocumented, bodies as described.

Requests are made by schemathesis from the document itself, good ones and bad ones, and go through the real WSGI
application to the real tables; each starts from the same rows. Nothing is left to chance. ORCHESTRA_API_EXAMPLES
makes so many drawn requests for each operation and role beside the systematic ones, for longer runs.
"""

import os
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, cast

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection, transaction
from django.utils import timezone
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.generation.meta import CoveragePhaseData
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.specs.openapi import checks as openapi_checks

from containers import registries, service_actions
from containers.models import Container, LogTail, Rollout, Service
from containers.states import Desired, Status
from containers.transitions import BoundPort, add_next, hold_stop, want
from core.accounts.actions import make_token
from core.accounts.models import Project
from core.accounts.roles import Role
from hosts.engine.fake import forget
from hosts.models import Host
from scheduler.models import Brake, Decision, LoopRun, PlacementPolicy
from scheduler.plans import actions as plans
from tests import rows, services
from tests.api.conftest import Person

EXAMPLES = int(os.environ.get("ORCHESTRA_API_EXAMPLES", "0"))
# Coverage tries each kind of fault in each parameter, some 1,500 requests. What a body or a query does depends little
# on who sends it: in a plain run one role that may do the most tries them all, the others a few drawn ones. A body that
# several operations take (make it, only check it, change it) has its faults tried in the first of them. Of those that
# are nearly alike a part is made, the same one each time; `make soak` makes them all.
REFUSALS = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "429"]


PARTS = {
    ("header", ""): 4,  # what reads headers and paths is the same for all operations
    ("path", ""): 4,
    ("body", "incorrect_type"): 2,  # each wrong type for each property
    ("body", "valid_object"): 2,
}


def is_tried_by(role: str, path: str) -> bool:
    """Whether this role makes the systematic requests: a project's owner in a project, an admin beyond."""
    return EXAMPLES > 0 or role == ("owner" if "{project}" in path else "admin")


def config(*, is_thorough: bool) -> Any:
    """The same requests in every run; no deadline, no memory of earlier runs."""
    return schemathesis.Config.from_dict(
        {
            "seed": 1,
            "generation": {"deterministic": True, "max-examples": EXAMPLES or 4, "database": "none", "no-shrink": True},
            "phases": {
                "stateful": {"enabled": False},
                "examples": {"enabled": is_thorough},
                "coverage": {"enabled": is_thorough, "unexpected-methods": ["PUT", "DELETE", "TRACE"]},
            },
            "checks": {
                # 503 is an answer where it is documented: what is on a host that is silent cannot be read now.
                "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", "503"]},
                "negative_data_rejection": {"expected-statuses": REFUSALS},
            },
        }
    )


# Schemathesis has more checks. Left out: positive_data_acceptance, because a document cannot say all that makes a spec
# or an address acceptable (two ports that collide, a key that belongs to no certificate).
CHECKS = [
    not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.negative_data_rejection,
    openapi_checks.unsupported_method,
]


Known = Mapping[str, Sequence[str]]
Case = schemathesis.Case[Any]


@pytest.fixture
def engines() -> Iterator[None]:
    forget("rows")
    yield
    forget("rows")


def containers_in_many_states(shop: Project, host: Host, silent: Host) -> list[Container]:
    """Waiting, running with a port and a volume, failed and followed, stopping, removed, out of reach."""
    web = rows.slot("web", project=shop, ports=[{"container_port": 80}], volumes=[{"name": "data", "path": "/data"}])
    rows.bind(web, host, ports=(BoundPort(80, "tcp", "0.0.0.0", 20080),), volumes=("data",))
    rows.advance(web, Status.RUNNING)
    failed = rows.slot("failed", project=shop)
    rows.bind(failed, host)
    rows.end(failed, Status.FAILED, exit_code=1)
    LogTail.objects.create(container=failed, text="bye\n")
    add_next(failed.pk, actor="user:test", message="restarted by hand", by_operator=True)
    stopping, removed, far = (rows.slot(name, project=shop) for name in ("stopping", "removed", "far"))
    for row, to in ((stopping, host), (removed, host), (far, silent)):
        rows.bind(row, to)
    want(stopping.pk, Desired.STOP, actor="user:test", then_restart=True)
    want(removed.pk, Desired.REMOVE, actor="user:test")
    return [rows.slot("waits", project=shop), web, failed, stopping, removed, far]


def services_in_many_states(shop: Project, host: Host) -> tuple[list[Service], list[Container]]:
    """One with two revisions, running, leaving and failed containers; one that is paused with a held roll-out; one on
    each host; one that goes."""
    web = services.service(project=shop, name="web-svc")
    first, second, failed = services.replicas(web, "1", "2", "3")
    for port, row in ((20101, first), (20102, second)):
        services.run(row, host, port=port)
    rows.bind(failed, host)
    rows.end(failed, Status.FAILED, exit_code=1)
    hold_stop(second.pk, delay_s=60, actor="user:test")
    changed = {**services.SPEC, "name": "web-svc", "container": {"image": "registry.test/web:2", "env": {"A": "1"}}}
    service_actions.update(web, changed, actor="user:test")
    beside = services.successor(first)
    held = services.service(project=shop, name="held")
    Rollout.objects.filter(service=held).update(status="holding", message="waits for a word")
    service_actions.pause(held, actor="user:test")
    every = service_actions.create(
        shop, {"name": "every", "mode": "global", "container": {"image": "web"}}, actor="user:test"
    )
    going = service_actions.remove(services.service(project=shop, name="going"), actor="user:test")
    return [web, held, every, going], [first, second, failed, beside]


@pytest.fixture
def known(engines: None, shop: Project, viewer: Person, owner: Person) -> Known:
    """Real names and ids for every place of a path, by the word before it."""
    host, silent = rows.host("h1", labels={"zone": "a"}), rows.host("h2")
    found = containers_in_many_states(shop, host, silent)
    made, of_services = services_in_many_states(shop, host)
    Host.objects.filter(pk=silent.pk).update(reachable="lost", conditions={"disk": CONDITION}, facts={"name": "h2"})
    login, untried = registries.Login("127.0.0.1:1", "robot", "not-used-by-anyone"), registries.Trial(None, "")
    registry, _ = registries.save(shop, login, untried, actor="user:test")
    now = timezone.now()
    LoopRun.objects.create(name="pending", started_at=now, took_ms=1, result="ok", next_at=now)
    why = Decision.objects.create(verdict="refused", message="no room", members=[[str(found[0].pk)]])
    Container.objects.filter(pk=found[0].pk).update(decision_id=why.pk)
    token, _ = make_token(owner.user, name="ci", role=Role.VIEWER, project=shop, expires_at=None)
    on, off = Brake.objects.create(message="3 of 9"), Brake.objects.create(message="4 of 9", host=host, released_at=now)
    PlacementPolicy.objects.create(name="own", weights={"pack": 1})
    scale = {"verb": "service.scale", "project": "shop", "service": "web-svc", "body": {"replicas": 3}}
    plan = plans.make(owner.user, [scale])
    return {
        "projects": ["shop"],
        "brakes": [str(on.pk), str(off.pk)],
        "policies": ["binpack", "own"],
        "plans": [str(plan.pk)],
        "containers": [str(row.pk) for row in (*found, *of_services)],
        "services": [str(row.pk) for row in made],
        "hosts": ["h1", "h2"],
        "loops": ["pending"],
        "members": ["vera", "olga"],
        "tokens": [str(token.pk)],
        "registries": [str(registry.pk)],
    }


CONDITION = {"status": "bad", "message": "94 % full", "since": "2026-11-22T12:00:00Z"}


@cache
def application() -> Any:
    return get_wsgi_application()


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests leave the test's connection open, as those of Django's own test client do."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("is_whole", [False, pytest.param(True, marks=pytest.mark.soak)])
@pytest.mark.parametrize("role", ["admin", "owner", "operator", "viewer", "stranger"])
def test_every_answer_is_documented(
    request: pytest.FixtureRequest,
    one_connection: None,
    known: Known,
    role: str,
    is_whole: bool,
    subtests: pytest.Subtests,
) -> None:
    """The stranger has no credentials; some of those requests bear made-up ones."""
    person: Person | None = None if role == "stranger" else request.getfixturevalue(role)
    headers = {} if person is None else {"Authorization": f"Bearer {token_of(person)}"}
    services_seen: set[str] = set()

    def ask(case: Case) -> None:
        if not (is_whole or EXAMPLES > 0) and is_left_out(case, services_seen):
            return
        aim(case, known)
        with transaction.atomic():  # whatever it did is taken back: every request finds the same rows
            case.call_and_validate(headers=headers, checks=CHECKS)
            transaction.set_rollback(True)

    with connection.cursor() as cursor:  # requests are made up before they are sent, and that takes its time
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    for operation in operations(role):
        with subtests.test(operation.label):
            many = build_operation_test(
                config=operation.schema.config,
                operation=operation,
                test_func=ask,
                given_kwargs={},
                feedback=FeedbackSources(),
            )
            many()


def operations(role: str) -> Iterator[Any]:
    """Each operation once, thorough or quick as it is for this role."""
    thorough: dict[str, str] = {}
    for is_thorough in (True, False):
        wanted = config(is_thorough=is_thorough)
        api = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", application(), config=wanted)
        for found in api.get_all_operations():
            assert isinstance(found, Ok), found
            operation = found.ok()
            is_first = thorough.setdefault(body_of(operation) or operation.label, operation.label) == operation.label
            if (is_tried_by(role, operation.path) and (is_first or EXAMPLES > 0)) == is_thorough:
                yield operation


def body_of(operation: Any) -> str | None:
    """The name of the body that it takes, as the document has it."""
    body = operation.definition.raw.get("requestBody", {}).get("content", {}).get("application/json", {})
    return cast(str | None, body.get("schema", {}).get("$ref"))


def token_of(person: Person) -> str:
    return make_token(person.user, name="own", role=Role.ADMIN, project=None, expires_at=None)[1]


def is_of_its_container(case: Case, seen: set[str]) -> bool:
    """Whether a systematic request differs from others only in the container within its service."""
    if case.meta is None or not isinstance(case.meta.phase.data, CoveragePhaseData) or not isinstance(case.body, dict):
        return False
    if "container" not in case.body:
        return False
    if (case.meta.phase.data.location or "").startswith("/properties/container/"):
        return True
    rest = {name: value for name, value in case.body.items() if name != "container"}
    asked = repr((case.operation.label, case.path_parameters, case.query, dict(case.headers), rest))
    is_known = asked in seen
    seen.add(asked)
    return is_known


def is_left_out(case: Case, services_seen: set[str]) -> bool:
    return chance_of(case) % (16 if is_of_its_container(case, services_seen) else alike(case)) != 0


def alike(case: Case) -> int:
    """Of how many systematic requests like this one is made."""
    if case.meta is None or not isinstance(case.meta.phase.data, CoveragePhaseData):
        return 1
    data = case.meta.phase.data
    if data.parameter_location is None:
        return 1
    where, what = data.parameter_location.value, data.scenario.value
    return PARTS.get((where, "")) or PARTS.get((where, what), 1)


def chance_of(case: Case) -> int:
    """The same for the same request."""
    return zlib.crc32(repr((case.path_parameters, case.query, dict(case.headers), case.body)).encode())


def aim(case: Case, known: Known) -> None:
    """Point most requests at what is there: drawn names would lead to 404 alone. A few stay as they were drawn."""
    chance = chance_of(case)
    if case.meta is None or not case.meta.is_negative_at(ParameterLocation.PATH):
        for before, name in re.findall(r"([a-z-]+)/\{(\w+)\}", case.path):
            if chance % 16:
                case.path_parameters[name] = known[before][chance // 16 % len(known[before])]
    is_good = case.meta is None or not case.meta.is_negative_at(ParameterLocation.HEADER)
    if "If-Match" in case.headers and is_good and chance % 3:
        case.headers["If-Match"] = '"1"'
