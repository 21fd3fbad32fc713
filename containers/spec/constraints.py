"""Rules on host labels, as people write them: "zone=fra,ams", "disk!=hdd", "gpu", "!spot", "cores>8".

Also what a container tolerates. Part of parse.py's table. The words `in` and `not in` are understood too; what is kept
is the short form.
"""

import re
from collections.abc import Mapping
from typing import Final

from containers.spec.errors import shown, wrong
from containers.spec.kinds import Kind, many
from containers.spec.types import NUMBER, Constraint
from hosts.taints import is_toleration

MAX_CONSTRAINTS: Final = 50
MAX_CONSTRAINT: Final = 1024
HOST_LABEL_PATTERN: Final = r"[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,126}[A-Za-z0-9])?"
HOST_LABEL_VALUE_PATTERN: Final = r"[A-Za-z0-9](?:[A-Za-z0-9._:/-]{0,126}[A-Za-z0-9])?"
MAX_TOLERATIONS: Final = 32

_VALUES: Final = rf"{HOST_LABEL_VALUE_PATTERN}(?:,{HOST_LABEL_VALUE_PATTERN})*"
_RULES: Final = (
    re.compile(rf"(?P<no>!?)(?P<key>{HOST_LABEL_PATTERN})"),
    re.compile(rf"(?P<key>{HOST_LABEL_PATTERN})(?P<op>!?=)(?P<values>{_VALUES})"),
    re.compile(rf"(?P<key>{HOST_LABEL_PATTERN})(?P<op>[<>])(?P<number>{NUMBER.pattern})"),
)
_IN_WORDS: Final = re.compile(rf"(?P<key>{HOST_LABEL_PATTERN}) +(?P<no>not +)?in +\(?(?P<values>[^()]*)\)?")
_HELP: Final = (
    'write "zone=fra", "zone=fra,ams" (one of them), "disk!=hdd", "gpu" (the host has that label), "!spot" (it has'
    ' not), "cores>8" or "cores<64" (the label is such a number)'
)


def parse_constraint(value: object) -> Constraint:
    """From "zone=fra" to Constraint("zone", "=", ("fra",)); raises SpecErrors."""
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_CONSTRAINT:
        raise wrong(f"{_HELP}; not {shown(value)}")
    short = _in_short(value)
    for rule in _RULES:
        match = rule.fullmatch(short)
        if match is not None:
            return _constraint(match.groupdict())
    once = value.replace("==", "=").replace(" ", "")
    hint = f"; did you mean {shown(once)}?" if once != value and any(rule.fullmatch(once) for rule in _RULES) else ""
    raise wrong(f"{_HELP}; not {shown(value)}{_number_hint(value)}{hint}")


def _in_short(value: str) -> str:
    """Words as signs: "zone not in (fra, ams)" is "zone!=fra,ams"; anything else is as it was."""
    match = _IN_WORDS.fullmatch(value)
    if match is None:
        return value
    values = ",".join(part.strip() for part in match["values"].split(","))
    return f"{match['key']}{'!=' if match['no'] else '='}{values}"


def _constraint(parts: Mapping[str, str]) -> Constraint:
    key = parts["key"]
    if number := parts.get("number"):
        return Constraint(key, "<" if parts["op"] == "<" else ">", (number,))
    if values := parts.get("values"):
        return Constraint(key, "!=" if parts["op"] == "!=" else "=", tuple(sorted(set(values.split(",")))))
    return Constraint(key, "absent" if parts["no"] else "exists")


def _number_hint(value: str) -> str:
    return "; < and > compare with a number, like cores>8" if re.search(r"[<>]", value) else ""


constraint = Kind(parse_constraint, {"type": "string", "minLength": 1, "maxLength": MAX_CONSTRAINT}).described(
    "a rule on host labels", examples=["zone=fra", "disk!=hdd", "gpu", "!spot", "cores>8"]
)


def _toleration(value: object) -> str:
    if isinstance(value, str) and is_toleration(value):
        return value
    raise wrong(f'write "spot" (a taint of that key), "dedicated=ml" or "*" (every taint); not {shown(value)}')


def _tolerations(value: object) -> tuple[str, ...]:
    return tuple(sorted(set(_listed.read(value))))


_listed = many(
    Kind(_toleration, {"type": "string", "minLength": 1, "maxLength": 257}),
    most=MAX_TOLERATIONS,
    say='tolerations is a list, like ["dedicated=ml"]',
)
tolerations = Kind(_tolerations, _listed.schema).described(
    "taints of hosts that do not keep it away: by key, by key and value, or * for all",
    examples=[["dedicated=ml", "spot"]],
)
