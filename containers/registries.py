"""A project's credentials for registries: save (create or replace), test, remove; and what the agent may use of them.

Before: a view or the admin found project or row. After: an event with its actor; the agent opens credentials when it
resolves and pulls. Asking a registry takes seconds: it is done before the transaction, never inside it.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction

from containers.models import Container, GuardedRegistry, Registry
from containers.registry_host import host_problem, registry_of, resolved_problem, server_address, typed_host
from core.accounts.models import Project, cluster_id
from core.events.record import Happening, record
from core.lib.clock import utc_now
from core.lib.problems import FieldProblem, Problem, check_generation, field_problem
from core.lib.vault import VaultError, open_sealed, seal
from hosts.connect import engine_of, free_connection
from hosts.engine.errors import Deadline, EngineError, RegistryDenied, RegistryError
from hosts.models import Host
from hosts.states import Reachable

MOST_REGISTRIES: Final = 100  # per project
HOSTS_TRIED: Final = 3
NO_HOST: Final = "not tested: no host is reachable whose engine could ask the registry"


@dataclass(frozen=True, slots=True)
class Login:
    """Credentials in the open; they live as long as one request or one pull."""

    host: str
    username: str
    password: str = field(repr=False)

    def auth(self) -> Mapping[str, str]:
        return {"username": self.username, "password": self.password, "serveraddress": server_address(self.host)}


@dataclass(frozen=True, slots=True)
class Trial:
    """What a registry said to a login. `ok` None: nobody could ask it. `pointer`: the field that seems wrong."""

    ok: bool | None
    message: str
    at: datetime | None = None
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Credentials:
    """For one registry; `key` changes with each replacement and belongs to one project."""

    key: tuple[int, int]
    auth: Mapping[str, str] = field(repr=False)


def checked_login(host: str, username: str, password: str) -> Login:
    """What an owner typed, when it can be credentials at all; Problem 400 names every wrong field."""
    login = Login(typed_host(host), username, password)
    problem = host_problem(login.host) or resolved_problem(login.host)
    problems = [FieldProblem("/host", "invalid", problem)] if problem else []
    if ":" in username or not username.isprintable():
        problems.append(FieldProblem("/username", "invalid", "a user name has no colon and no control characters"))
    if problems:
        raise Problem(400, "invalid", "; ".join(one.message for one in problems), errors=problems)
    return login


def tried(login: Login) -> Trial:
    """Ask the registry through the engine of a reachable host. Takes seconds; no transaction may be open."""
    hosts, cluster = Host.objects.filter(reachable=Reachable.OK).order_by("availability", "name"), cluster_id()
    asked = list(hosts[:HOSTS_TRIED])
    free_connection()
    for host in asked:
        try:
            engine_of(host, cluster=cluster).check_login(login.auth())
        except RegistryDenied as error:
            return Trial(False, f"{login.host} refuses them: {error.words}", utc_now(), "/password")
        except RegistryError as error:
            return Trial(False, f"{login.host} could not be asked from {host.name}: {error.words}", utc_now(), "/host")
        except Deadline:  # do not wait again on the next host
            return Trial(None, f"not tested: neither {login.host} nor the engine of {host.name} answered in time")
        except (EngineError, VaultError):
            continue  # this host's engine does not answer: that says nothing about the registry
        return Trial(True, f"login succeeded, asked from {host.name}", utc_now())
    return Trial(None, NO_HOST)


def save(project: Project, login: Login, trial: Trial, *, actor: str, force: bool = False) -> tuple[Registry, bool]:
    """Create or replace the credentials for a host: (row, whether it is new). Problem 400 after a failed trial."""
    if trial.ok is False and not force:
        raise field_problem(
            trial.pointer, "test-failed", f"{trial.message}. Nothing was saved; `force` saves it anyway"
        )
    with transaction.atomic():
        GuardedRegistry.objects.get_or_create(host=login.host)
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        row = Registry.objects.filter(project=project, host=login.host).first()
        if row is None and Registry.objects.filter(project=project).count() >= MOST_REGISTRIES:
            raise Problem(409, "limit", f"a project has at most {MOST_REGISTRIES} registries")
        values = {"username": login.username, "secret_sealed": _sealed(login), **_values(trial)}
        if row is None:
            saved, verb = Registry.objects.create(project=project, host=login.host, **values), "saved"
        else:
            Registry.objects.filter(pk=row.pk).update(generation=row.generation + 1, **values)
            saved, verb = row, "replaced"
        words = f"credentials of {login.username} for {login.host} were {verb}: {trial.message}"
        _tell(saved, f"registry.{verb}", actor=actor, message=words)
    saved.refresh_from_db()
    return saved, row is None


def tried_again(registry: Registry) -> Trial:
    """Ask with the kept credentials. Takes seconds; no transaction may be open."""
    if problem := resolved_problem(registry.host):
        return Trial(False, problem, utc_now(), "/host")
    try:
        return tried(_opened(registry))
    except VaultError as error:
        return Trial(False, f"the kept credentials cannot be opened: {error}", utc_now(), "/password")


def keep_trial(registry: Registry, trial: Trial, *, actor: str) -> Registry:
    """Write down what a trial of these credentials showed; Problem 409 when they were replaced meanwhile."""
    with transaction.atomic():
        found = Registry.objects.filter(pk=registry.pk, generation=registry.generation)
        if not found.update(**_values(trial)):
            raise Problem(
                409, "changed-meanwhile", f"the credentials for {registry.host} were replaced; test them anew"
            )
        _tell(registry, "registry.tested", actor=actor, message=f"{registry.host}: {trial.message}")
    registry.refresh_from_db()
    return registry


def test(registry: Registry, *, actor: str) -> Registry:
    """Ask with the kept credentials and write down what came of it."""
    return keep_trial(registry, tried_again(registry), actor=actor)


def remove(registry: Registry, *, actor: str, expected_generation: int | None = None) -> None:
    """Forget them. What runs goes on; what must be pulled later cannot be."""
    with transaction.atomic():
        row = Registry.objects.select_for_update().filter(pk=registry.pk).first()
        if row is None:
            raise Problem(404, "not-found", f"the credentials for {registry.host} were removed meanwhile")
        check_generation(expected_generation, row.generation)
        words = f"credentials of {row.username} for {row.host} were removed"
        _tell(row, "registry.removed", actor=actor, message=words)
        row.delete()


def credentials_for(project_id: int, image: str) -> Credentials | None:
    """What the project keeps for the image's registry, opened; VaultError."""
    row = Registry.objects.filter(project_id=project_id, host=registry_of(image)).first()
    return None if row is None else Credentials((row.pk, row.generation), _opened(row).auth())


def is_guarded(image: str) -> bool:
    """Whether anybody ever kept credentials for the image's registry."""
    return GuardedRegistry.objects.filter(host=registry_of(image)).exists()


def was_shown(project_id: int, digests: Collection[str]) -> bool:
    """Whether a registry showed one of these digests to a container of the project before: only then it is pinned."""
    return Container.objects.filter(project_id=project_id, image_digest__in=digests).exists()


def _sealed(login: Login) -> bytes:
    """Bound to host and user: sealed text moved to another row opens nothing there."""
    return seal(json.dumps([login.host, login.username, login.password]))


def _opened(row: Registry) -> Login:
    host, username, password = json.loads(open_sealed(bytes(row.secret_sealed)))
    if (host, username) != (row.host, row.username):
        raise VaultError(f"the text sealed for {row.host} belongs to another registry or user; save it anew")
    return Login(host, username, password)


def _values(trial: Trial) -> dict[str, object]:
    return {"tested_at": trial.at, "test_ok": trial.ok, "test_message": trial.message}


def _tell(row: Registry, kind: str, *, actor: str, message: str) -> None:
    record(
        Happening(
            kind=kind,
            actor=actor,
            object_kind="registry",
            object_id=str(row.pk),
            project_id=row.project_id,
            message=message,
            data={"host": row.host},
        )
    )
