"""The single values of a spec and their limits: names, images, paths, users, signals, amounts.

Rules on hosts stand in constraints.py; parse.py puts all of it together into objects. Every limit stands here, once,
for the parser and the schema alike.
"""

import ipaddress
import posixpath
from collections.abc import Callable
from typing import Any, Final

from containers.spec.errors import shown, wrong
from containers.spec.image import MAX_REFERENCE, parse_image
from containers.spec.kinds import Kind, choice, many, pairs, text, whole
from core.lib.quantity import (
    CPU_PATTERN,
    MEMORY_PATTERN,
    QuantityError,
    cpu_millis,
    memory_bytes,
    show_cpu,
    show_memory,
)

MAX_ENV: Final = 500
MAX_ENV_BYTES: Final = 64 * 1024
MAX_ARGS: Final = 256
MAX_ARG: Final = 32 * 1024
MAX_LABELS: Final = 100
MAX_PORTS: Final = 50
MAX_VOLUMES: Final = 50
MAX_TMPFS: Final = 20
MAX_CPU_MILLIS: Final = 1024 * 1000
MIN_CPU_LIMIT_MILLIS: Final = 10  # the engine: a quota of at least 1 ms in each 100 ms
MAX_MEMORY_BYTES: Final = 64 * 1024**4
MIN_MEMORY_LIMIT_BYTES: Final = 6 * 1024**2  # the engine refuses less
MIN_TMPFS_BYTES: Final = 64 * 1024
MAX_GRACE_S: Final = 3600
RESERVED_LABELS: Final = "orchestra."
PRIORITY_LOW: Final = -1000
PRIORITY_HIGH: Final = 1000

NAME_PATTERN: Final = r"[a-z0-9][a-z0-9-]{0,62}"
VOLUME_PATTERN: Final = r"[a-z0-9][a-z0-9_.-]{0,62}"
LABEL_KEY_PATTERN: Final = r"(?![oO][rR][cC][hH][eE][sS][tT][rR][aA]\.)[^\s\ufeff=]+"
ENV_KEY_PATTERN: Final = r"[^\s\ufeff=]+"  # \ufeff is a blank to JavaScript only
_USER_PART: Final = r"(?:[0-9]{1,10}|[a-z_][a-zA-Z0-9_.-]{0,31}\$?)"
USER_PATTERN: Final = rf"{_USER_PART}(?::{_USER_PART})?"
MAX_UID: Final = 2**31 - 1

SIGNALS: Final = (
    *("TERM", "INT", "QUIT", "HUP", "KILL", "USR1", "USR2", "ABRT", "ALRM", "WINCH", "PWR", "RTMIN", "RTMAX"),
    *(f"RTMIN+{number}" for number in range(1, 16)),
    *(f"RTMAX-{number}" for number in range(1, 15)),
)

name = text(
    NAME_PATTERN,
    longest=63,
    say="a name is 1 to 63 lower-case letters, digits and '-', beginning with a letter or digit",
).described("the container's name, unique in its project", examples=["web"])

policy_name = text(
    NAME_PATTERN,
    longest=63,
    say="a policy's name is 1 to 63 lower-case letters, digits and '-'",
).described("the policy it is placed by; left out: the project's", examples=["binpack"])

priority = whole(PRIORITY_LOW, PRIORITY_HIGH, say="its priority").described(
    "who goes first where there is no room for all: what is lower may be stopped for it. Above 0 up to what the"
    " project's policy allows (max_priority); below 0 it gives way to whatever says nothing",
    default=0,
    examples=[100],
)

volume_name = text(
    VOLUME_PATTERN, longest=63, say="a volume's name is 1 to 63 lower-case letters, digits, '.', '_' and '-'"
).described("a volume of the project; it is made when it does not exist", examples=["data"])

arguments = many(
    text(longest=MAX_ARG, shortest=0, lines=True, say="an argument is a string"),
    most=MAX_ARGS,
    say='write a list of strings, like ["sh", "-c", "echo hello"]',
)

env = pairs(
    text(ENV_KEY_PATTERN, longest=256, say="a variable's name has 1 to 256 characters without '=' and blanks"),
    text(longest=32 * 1024, shortest=0, lines=True, say="a variable's value is a string; write numbers in quotes"),
    most=MAX_ENV,
    most_bytes=MAX_ENV_BYTES,
    say='write an object of strings, like {"NAME": "value"}',
).described("environment variables; numbers stand in quotes", examples=[{"LOG_LEVEL": "info", "WORKERS": "4"}])

labels = pairs(
    text(
        LABEL_KEY_PATTERN,
        longest=256,
        say=f"a label's name has 1 to 256 characters without '=' and blanks, and never begins with {RESERVED_LABELS!r}",
    ),
    text(longest=4096, shortest=0, lines=True, say="a label's value is a string; write numbers in quotes"),
    most=MAX_LABELS,
    most_bytes=64 * 1024,
    say='write an object of strings, like {"team": "shop"}',
).described("labels of the engine's container, for people and tools", examples=[{"team": "shop"}])


def _image(value: object) -> str:
    parse_image(value)
    assert isinstance(value, str)
    return value


image = Kind(_image, {"type": "string", "minLength": 1, "maxLength": MAX_REFERENCE}).described(
    "an image, by tag or digest", examples=["nginx:1.27", "registry:5000/shop/web:1.4"]
)

_path_text = text(r"/.*", longest=1024, say='a path inside the container is absolute, like "/data"')


def _path(value: object) -> str:
    given = _path_text.read(value)
    if any(part in {".", ".."} for part in given.split("/")):
        raise wrong(f"a path has no '.' and '..' parts; write {shown(posixpath.normpath(given))} if that is meant")
    return "/" + "/".join(part for part in given.split("/") if part)


path = Kind(_path, _path_text.schema).described("an absolute path inside the container", examples=["/data"])


def _mount_path(value: object) -> str:
    found = _path(value)
    if found in {"/", "/dev"} or found.split("/")[1] in {"proc", "sys"}:
        raise wrong(f"nothing can be mounted at {shown(found)}, the system needs it; choose a folder of the program")
    return found


mount_path = Kind(_mount_path, path.schema)

_user_text = text(
    USER_PATTERN, longest=65, say='a user is a name or number, with a group after a colon if wanted, like "1000:1000"'
)


def _user(value: object) -> str:
    given = _user_text.read(value)
    if any(part.isdigit() and int(part) > MAX_UID for part in given.split(":")):
        raise wrong(f"user and group numbers go up to {MAX_UID}, and {shown(given)} goes beyond")
    return given


user = Kind(_user, _user_text.schema).described(
    "user and group inside the container; left out: the image's own", examples=["1000:1000"]
)

_signal_name = choice(SIGNALS, say="a stop signal")


def _signal(value: object) -> str:
    return _signal_name.read(value.upper().removeprefix("SIG") if isinstance(value, str) else value)


signal = Kind(
    _signal, {"type": "string", "maxLength": 12, "pattern": r"^(?:[sS][iI][gG])?[a-zA-Z0-9]+(?:[+-][0-9]+)?$"}
)


def seconds(low: int, what: str, default: int) -> Kind[int]:
    """A time in whole seconds, with its default in the schema."""
    return whole(low, MAX_GRACE_S, say=f"{what}, in seconds").described(f"{what}, in seconds", default=default)


def _amount(
    parsed: Callable[[Any], int], show: Callable[[int], str], *, what: str, low: int, high: int
) -> Callable[[object], int]:
    """The reader of an amount in a range."""

    def read(value: object) -> int:
        try:
            amount = parsed(value)
        except QuantityError as error:
            raise wrong(f"{what}: {error}; not {shown(value)}") from None
        if not low <= amount <= high:
            raise wrong(f"{what} is from {show(low)} to {show(high)}, not {shown(value)}", code="limit")
        return amount

    return read


def memory(low_bytes: int, *, what: str) -> Kind[int]:
    """An amount of memory in a range."""
    read = _amount(memory_bytes, show_memory, what=what, low=low_bytes, high=MAX_MEMORY_BYTES)
    pattern = f"^(?:{MEMORY_PATTERN})$"
    return Kind(read, {"type": ["string", "integer"], "minimum": low_bytes, "pattern": pattern})


def cpu(low_millis: int, *, what: str) -> Kind[int]:
    """An amount of CPU in a range."""
    read = _amount(cpu_millis, show_cpu, what=what, low=low_millis, high=MAX_CPU_MILLIS)
    return Kind(read, {"type": ["string", "number"], "minimum": 0, "pattern": f"^(?:{CPU_PATTERN})$"})


def _address(value: object) -> str:
    if isinstance(value, str) and len(value) <= 45 and "%" not in value:
        try:
            return str(ipaddress.ip_address(value))
        except ValueError:
            pass
    raise wrong(f'an address of the host is an IP address like "127.0.0.1" or "0.0.0.0", not {shown(value)}')


address = Kind(_address, {"type": "string", "minLength": 2, "maxLength": 45}).described(
    "the host's address to publish on; left out: the host's data address", examples=["0.0.0.0", "127.0.0.1"]
)
