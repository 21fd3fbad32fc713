"""What an operator wishes of a host, checked: its labels, taints and named resources, the projects that
may use it.

Part of actions.py; each wrong value is named with its pointer.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from core.accounts.models import PROJECT_NAME
from core.lib.problems import FieldProblem
from hosts.taints import parse_taint

# The same as constraints on containers can ask for (containers.spec).
LABEL_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,126}[A-Za-z0-9])?\Z")
LABEL_VALUE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:/-]{0,126}[A-Za-z0-9])?\Z")
MOST_LABELS = 64
MOST_TAINTS = 32
MOST_PROJECTS = 200
RESOURCE_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}\Z")  # the same as containers need (containers.spec)
MOST_RESOURCES = 64
MOST_OF_A_RESOURCE = 1_000_000


def label_problems(labels: Mapping[str, Any]) -> list[FieldProblem]:
    if len(labels) > MOST_LABELS:
        return [FieldProblem("/labels", "limit", f"a host has at most {MOST_LABELS} labels")]
    problems = []
    for name, value in labels.items():
        pointer = "/labels/" + name.replace("~", "~0").replace("/", "~1")
        if not LABEL_NAME.match(name):
            words = (
                "a label's name has letters, digits, '.', '_', '/' and '-', begins and ends with one of the first two"
            )
            problems.append(FieldProblem(pointer, "invalid", words))
        elif not isinstance(value, str) or not LABEL_VALUE.match(value):
            words = "a label's value is a text of letters, digits, '.', '_', ':', '/' and '-', at most 128"
            problems.append(FieldProblem(pointer, "invalid", words))
    return problems


def taint_problems(taints: Sequence[str]) -> list[FieldProblem]:
    if len(taints) > MOST_TAINTS:
        return [FieldProblem("/taints", "limit", f"a host has at most {MOST_TAINTS} taints")]
    problems, seen = [], set()
    for index, text in enumerate(taints):
        taint = parse_taint(text)
        if taint is None:
            words = 'a taint is a word, with a value or not, like "spot", "dedicated=ml", or "spot:avoid" for the last'
            problems.append(FieldProblem(f"/taints/{index}", "invalid", f"{words} resort; not {text[:60]!r}"))
        elif taint.plain in seen:
            problems.append(FieldProblem(f"/taints/{index}", "duplicate", f"{taint.plain} stands here twice"))
        else:
            seen.add(taint.plain)
    return problems


def resource_problems(resources: Mapping[str, Any], *, reserved: Mapping[str, int]) -> list[FieldProblem]:
    """`reserved`: what containers have of them now; a host cannot have less."""
    if len(resources) > MOST_RESOURCES:
        return [FieldProblem("/resources", "limit", f"a host has at most {MOST_RESOURCES} named resources")]
    problems = []
    for name, amount in resources.items():
        pointer = "/resources/" + name.replace("~", "~0").replace("/", "~1")
        if not RESOURCE_NAME.match(name):
            words = "a resource's name has lower-case letters, digits, '.', '_' and '-', at most 63"
            problems.append(FieldProblem(pointer, "invalid", words))
        elif not 0 <= amount <= MOST_OF_A_RESOURCE:
            words = f"an amount is a whole number from 0 to {MOST_OF_A_RESOURCE}, not {amount}"
            problems.append(FieldProblem(pointer, "limit", words))
    for name, amount in reserved.items():
        if resources.get(name, 0) < amount:
            words = f"containers here have {amount} of {name}; let it be as many at least, or stop some of them first"
            problems.append(FieldProblem(f"/resources/{name}", "in-use", words))
    return problems


def project_problems(projects: Sequence[str]) -> list[FieldProblem]:
    """A project need not exist yet: a host may be kept for one that is to come."""
    if len(projects) > MOST_PROJECTS:
        return [FieldProblem("/projects", "limit", f"a host is kept for at most {MOST_PROJECTS} projects")]
    problems = []
    for index, name in enumerate(projects):
        pointer = f"/projects/{index}"
        if not re.fullmatch(PROJECT_NAME, name):
            words = f"a project's name has lower-case letters, digits and dashes; not {name[:60]!r}"
            problems.append(FieldProblem(pointer, "invalid", words))
        elif name in projects[:index]:
            problems.append(FieldProblem(pointer, "duplicate", f"{name} stands here twice"))
    return problems
