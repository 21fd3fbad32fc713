"""Beside which other containers one runs, and how many of its service may share a host or a zone.

Part of parse.py's table. Other containers are named by their service or by a label of theirs, within the project.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from containers.spec.constraints import HOST_LABEL_PATTERN
from containers.spec.errors import FieldError, SpecErrors, below, shown, step, wrong
from containers.spec.fields import LABEL_KEY_PATTERN, NAME_PATTERN
from containers.spec.kinds import Field, Kind, Values, flag, many, record, text, whole
from containers.spec.types import Affinity
from containers.spec.unknown import unknown_keys

MAX_RULES: Final = 20
MAX_PER: Final = 10_000
HOST: Final = "host"

_within = text(
    HOST_LABEL_PATTERN, longest=128, say='a rule holds within "host" or a label of hosts, like "zone"'
).described('"host", or a label of hosts: those with the same value count as one', default=HOST, examples=["zone"])


def _one_of_both(values: Values) -> Iterator[FieldError]:
    given = [name for name in ("service", "label") if name in values]
    if len(given) == 2:
        words = "a rule names other containers in one way, and this one has service and label; remove one of them"
        yield FieldError("/label", "invalid", words)


def _some(value: object) -> None:
    if isinstance(value, Mapping) and value.get("service") is None and value.get("label") is None:
        words = 'is missing; add service (like "db") or label (like "team=shop"): beside which containers?'
        raise wrong(words, code="required", at="/service")


_rule = record(
    Affinity,
    {
        "service": Field(
            "service",
            text(NAME_PATTERN, longest=63, say="a service's name").described(
                "beside the containers of this service of the project", examples=["db"]
            ),
        ),
        "label": Field(
            "label",
            text(
                rf"{LABEL_KEY_PATTERN}=.*", longest=1024, say='a label of other containers is written like "team=shop"'
            ).described("beside containers of the project that bear this label", examples=["team=shop"]),
        ),
        "apart": Field("apart", flag(say="apart").described("not beside them", default=False)),
        "within": Field("within", _within),
        "prefer": Field(
            "prefer",
            whole(1, 100, say="how much it is preferred").described(
                "how much the rule weighs as a wish; left out: it must hold", examples=[50]
            ),
        ),
    },
    say='write a rule as {"service": "db"} or {"service": "web", "apart": true, "within": "zone"}',
    unknown=unknown_keys,
    check=_one_of_both,
)


def _read(value: object) -> Affinity:
    found = _rule.read(value)
    _some(value)
    return found


affinity = many(
    Kind(_read, {**_rule.schema, "anyOf": [{"required": ["service"]}, {"required": ["label"]}]}),
    most=MAX_RULES,
    say='affinity is a list, like [{"service": "db"}]',
).described(
    "beside which other containers it runs, or apart from which; a rule without prefer must hold",
    examples=[[{"service": "db"}, {"service": "web", "apart": True, "within": "zone"}]],
)

_most = whole(1, MAX_PER, say="how many at most")


def _max_per(value: object) -> tuple[tuple[str, int], ...]:
    if not isinstance(value, Mapping):
        raise wrong(f'write max_per as {{"host": 1, "zone": 3}}, not {shown(value)}')
    if len(value) > MAX_RULES:
        raise wrong(f"{len(value)} entries are too many; at most {MAX_RULES}", code="limit")
    problems: list[FieldError] = []
    for name, most in value.items():
        if not isinstance(name, str) or not re.fullmatch(HOST_LABEL_PATTERN, name):
            words = f'"host" or a label of hosts is counted by, like "zone"; not {shown(name)}'
            problems.append(FieldError(step(name), "invalid", words))
            continue
        try:
            _most.read(most)
        except SpecErrors as error:
            problems.extend(below(step(name), error.errors))
    if problems:
        raise SpecErrors(problems)
    return tuple(sorted(value.items()))


max_per = Kind(
    _max_per,
    {
        "type": "object",
        "maxProperties": MAX_RULES,
        "propertyNames": {"type": "string", "pattern": f"^(?:{HOST_LABEL_PATTERN})$"},
        "additionalProperties": dict(_most.schema),
    },
).described(
    "at most so many containers of its service on a host, or on the hosts with one value of a label",
    examples=[{"host": 1, "zone": 3}],
)
