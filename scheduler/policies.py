"""The policies of placement: seen, made, changed and removed, and which one a project's containers have by default.

Before: the API. After: snapshot reads them, placement weighs by them. What is changed holds from the next pass on;
nothing that runs is moved.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypedDict

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, QuerySet

from core.accounts.models import Project
from core.events.record import Happening, record
from core.lib.notify import hint
from core.lib.problems import FieldProblem, Problem, check_generation, name_taken
from hosts.wishes import LABEL_NAME
from scheduler.models import DEFAULT_POLICY, PlacementPolicy, ProjectPlacement
from scheduler.placement.policy import BUILT_IN, MOST_WEIGHT, TERMS, Policy, policy
from scheduler.policy_users import users_of
from scheduler.reading import Question, as_json, query

USERS_NAMED: Final = 10


class Changes(TypedDict, total=False):
    """What of a policy may be changed; what is left out stays."""

    description: str
    weights: dict[str, float]
    over: str


class UnknownPolicy(LookupError):
    """A container names a policy that is not there."""


@dataclass(frozen=True, slots=True)
class Policies:
    """All of them as one pass sees them."""

    by_name: Mapping[str, Policy]
    of_project: Mapping[int, str]

    def of(self, project: int, name: str) -> Policy:
        """The one that is named, else the project's, else the platform's."""
        wanted = name or self.of_project.get(project, DEFAULT_POLICY)
        found = self.by_name.get(wanted)
        if found is None:
            raise UnknownPolicy(f"there is no placement policy {wanted!r}; there are {', '.join(sorted(self.by_name))}")
        return found


WRITTEN: Question = ("SELECT name, weights, over_label FROM scheduler_placementpolicy", ())
CHOSEN: Question = (
    (
        "SELECT c.project_id, p.name FROM scheduler_projectplacement c"
        " JOIN scheduler_placementpolicy p ON p.id = c.policy_id"
    ),
    (),
)


def read_policies() -> Policies:
    rows, chosen = query(*WRITTEN), query(*CHOSEN)
    built_in = {name: one for name, (one, _) in BUILT_IN.items()}
    written = {name: policy(name, as_json(weights), over=over) for name, weights, over in rows}
    return Policies({**built_in, **written}, dict(chosen))


def all_policies() -> QuerySet[PlacementPolicy]:
    """Those that come with Orchestra have their rows from the first look on."""
    rows = PlacementPolicy.objects.order_by("name")
    missing = BUILT_IN.keys() - set(rows.filter(name__in=BUILT_IN).values_list("name", flat=True))
    for name in sorted(missing):
        one, words = BUILT_IN[name]
        values = {"description": words, "weights": dict(one.weights), "over_label": one.over}
        PlacementPolicy.objects.get_or_create(name=name, defaults=values)
    return rows


# --- changing them


def create(name: str, changes: Changes, *, actor: str) -> PlacementPolicy:
    """Problem 400 names every wrong field, 409 a name in use."""
    _refuse(changes)
    all_policies()  # a name that comes with Orchestra is taken
    try:
        with transaction.atomic():
            made = PlacementPolicy.objects.create(name=name, **_columns(changes))
            _tell(made, "created", actor=actor)
    except IntegrityError as error:
        raise name_taken("/name", f"there is a policy {name!r} already") from error
    return made


def update(name: str, changes: Changes, *, actor: str, expected_generation: int | None = None) -> PlacementPolicy:
    with transaction.atomic():
        row = find(name, locked=True)
        check_generation(expected_generation, row.generation)
        _refuse({"weights": row.weights, "over": row.over_label, **changes})
        for column, value in _columns(changes).items():
            setattr(row, column, value)
        row.generation += 1
        row.save(update_fields=["description", "weights", "over_label", "generation"])
        _tell(row, "changed", actor=actor)
    return row


def remove(name: str, *, actor: str, expected_generation: int | None = None) -> None:
    """Problem 409 for one that comes with Orchestra, and while anything names it."""
    if name in BUILT_IN:
        raise Problem(409, "policy-built-in", f"{name} comes with Orchestra; change its weights if they do not suit")
    with transaction.atomic():
        row = find(name, locked=True)
        check_generation(expected_generation, row.generation)
        if users := users_of([name])[name]:
            named = ", ".join(f"{one.kind} {one.name}" for one in users[:USERS_NAMED])
            words = f"{name} is named by {named}; let them name another one first"
            raise Problem(409, "policy-in-use", words)
        _tell(row, "removed", actor=actor)
        try:
            row.delete()
        except ProtectedError as error:  # a project has chosen it meanwhile
            raise Problem(409, "policy-in-use", f"{name} is the default of a project") from error


def choose(project: Project, name: str, *, actor: str) -> PlacementPolicy:
    """What the project's containers are placed by when they name no policy."""
    with transaction.atomic():
        row = all_policies().filter(name=name).first()
        if row is None:
            known = ", ".join(all_policies().values_list("name", flat=True))
            words = f"there is no policy {name!r}; there are {known}"
            raise Problem(400, "invalid", words, errors=[FieldProblem("/policy", "unknown", words)])
        ProjectPlacement.objects.update_or_create(project=project, defaults={"policy": row})
        _tell(row, "chosen", actor=actor, project=project)
    return row


def chosen(project: Project) -> PlacementPolicy:
    found = ProjectPlacement.objects.select_related("policy").filter(project=project).first()
    return found.policy if found else find(DEFAULT_POLICY)


def find(name: str, *, locked: bool = False) -> PlacementPolicy:
    rows = all_policies()
    found = (rows.select_for_update() if locked else rows).filter(name=name).first()
    if found is None:
        raise Problem(404, "not-found", f"there is no policy {name!r}")
    return found


def _columns(changes: Changes) -> dict[str, Any]:
    columns: dict[str, Any] = dict(changes)
    if "over" in columns:
        columns["over_label"] = columns.pop("over")
    return columns


def _refuse(given: Mapping[str, Any]) -> None:
    problems = []
    weights = given.get("weights", {})
    for term, weight in weights.items():
        pointer = "/weights/" + term.replace("~", "~0").replace("/", "~1")
        if term not in TERMS:
            near = difflib.get_close_matches(term, TERMS, n=1)
            hint_words = f"did you mean {near[0]}?" if near else f"there are {', '.join(TERMS)}"
            problems.append(FieldProblem(pointer, "unknown", f"there is no term {term[:60]!r}; {hint_words}"))
        elif not -MOST_WEIGHT <= weight <= MOST_WEIGHT:
            words = f"a weight is from {-MOST_WEIGHT:g} to {MOST_WEIGHT:g}, not {weight}"
            problems.append(FieldProblem(pointer, "limit", words))
    over = given.get("over", "")
    if over and not LABEL_NAME.match(over):
        problems.append(FieldProblem("/over", "invalid", f'over is a label of hosts, like "zone"; not {over[:60]!r}'))
    if weights.get("zones") and not over:
        words = 'zones spreads over a label of hosts; name it in over, like "zone"'
        problems.append(FieldProblem("/over", "required", words))
    if problems:
        detail = "; ".join(f"{one.pointer.removeprefix('/')}: {one.message}" for one in problems)
        raise Problem(400, "invalid", detail, errors=problems)


def _tell(row: PlacementPolicy, what: str, *, actor: str, project: Project | None = None) -> None:
    message = f"the placement policy {row.name} was {what}" + (f" for {project.name}" if project else "")
    record(
        Happening(
            kind=f"policy.{what}",
            actor=actor,
            object_kind="policy",
            object_id=str(row.pk),
            project_id=project.pk if project else None,
            message=message,
            data={"name": row.name, "weights": row.weights},
        )
    )
    hint(policy=[row.pk])
