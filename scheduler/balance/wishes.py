"""Whether a project is rebalanced by itself: its owners say so, how much of it at a time, and how often at most.

Off unless somebody has switched it on. Before: the API, the admin. After: the loop controllers/rebalances.py.
"""

from datetime import datetime, timedelta
from typing import Final, TypedDict

from django.db import transaction

from core.accounts.models import Project
from core.events.record import Happening, record
from core.lib.problems import check_generation
from scheduler.models import ProjectRebalance

MISSES_COUNTED: Final = 6  # so often the wait is doubled


class Changes(TypedDict, total=False):
    """What is left out stays."""

    is_on: bool
    goal: str
    moves: int
    interval_s: int


def wish_of(project: Project) -> ProjectRebalance:
    """As it is; where nobody has ever said anything, as it would begin."""
    return ProjectRebalance.objects.filter(project=project).first() or ProjectRebalance(project=project)


def change(
    project: Project, changes: Changes, *, actor: str, expected_generation: int | None = None
) -> ProjectRebalance:
    """Holds from the next round on; one that is under way goes on. Saying the same again changes nothing."""
    with transaction.atomic():
        ProjectRebalance.objects.get_or_create(project=project)
        row = ProjectRebalance.objects.select_for_update(of=("self",)).select_related("project").get(pk=project.pk)
        check_generation(expected_generation, row.generation)
        news = {name: value for name, value in changes.items() if getattr(row, name) != value}
        if not news:
            return row
        for name, value in news.items():
            setattr(row, name, value)
        row.generation, row.misses, row.message = row.generation + 1, 0, ""
        row.save(update_fields=[*news, "generation", "misses", "message"])
        _tell(row, actor=actor)
    return row


def _tell(row: ProjectRebalance, *, actor: str) -> None:
    words = f"is rebalanced by itself: {row.goal}, at most {row.moves} moves every {show_s(row.interval_s)}"
    words = words if row.is_on else "is not rebalanced by itself any more"
    record(
        Happening(
            kind="project.rebalance-set",
            actor=actor,
            object_kind="project",
            object_id=str(row.project_id),
            project_id=row.project_id,
            message=f"{row.project.name} {words}",
            data={"name": row.project.name},
        )
    )


def next_at(row: ProjectRebalance) -> datetime | None:
    """Before this nothing is looked at again; None: at once. After rounds that went astray it takes ever longer."""
    if row.looked_at is None:
        return None
    return row.looked_at + timedelta(seconds=row.interval_s * 2**row.misses)


def show_s(seconds: int) -> str:
    """For people: "90 s", "15 min", "2 h"."""
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
