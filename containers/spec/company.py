"""Beside which other containers one runs, how many of its service may share a host or a zone, and what they share.

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
MAX_AMOUNT: Final = 1_000_000
HOST: Final = "host"
RESOURCE_PATTERN: Final = r"[a-z0-9][a-z0-9._-]{0,62}"

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
_amount = whole(1, MAX_AMOUNT, say="how much it needs")


def _counts(name: re.Pattern[str], words: str, amount: Kind[int], *, say: str) -> Kind[tuple[tuple[str, int], ...]]:
    """An object of whole numbers, as pairs sorted by name."""

    def read(value: object) -> tuple[tuple[str, int], ...]:
        if not isinstance(value, Mapping):
            raise wrong(f"{say}, not {shown(value)}")
        if len(value) > MAX_RULES:
            raise wrong(f"{len(value)} entries are too many; at most {MAX_RULES}", code="limit")
        problems: list[FieldError] = []
        for key, number in value.items():
            if not isinstance(key, str) or not name.fullmatch(key):
                problems.append(FieldError(step(key), "invalid", f"{words}; not {shown(key)}"))
                continue
            try:
                amount.read(number)
            except SpecErrors as error:
                problems.extend(below(step(key), error.errors))
        if problems:
            raise SpecErrors(problems)
        return tuple(sorted(value.items()))

    names = {"type": "string", "pattern": f"^(?:{name.pattern})$"}
    schema = {"type": "object", "maxProperties": MAX_RULES, "propertyNames": names}
    return Kind(read, {**schema, "additionalProperties": dict(amount.schema)})


max_per = _counts(
    re.compile(HOST_LABEL_PATTERN),
    '"host" or a label of hosts is counted by, like "zone"',
    _most,
    say='write max_per as {"host": 1, "zone": 3}',
).described(
    "at most so many containers of its service on a host, or on the hosts with one value of a label",
    examples=[{"host": 1, "zone": 3}],
)

needs = _counts(
    re.compile(RESOURCE_PATTERN),
    "a resource's name has lower-case letters, digits, '.', '_' and '-'",
    _amount,
    say='write needs as {"license": 1}',
).described(
    "so much of the named resources of its host, booked as long as it is there",
    examples=[{"license": 1}],
)
