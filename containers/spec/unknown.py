"""What is answered to keys that are not fields: refused by policy (and what is possible instead), known from Docker
or Compose under another name, or simply misspelt.

Used by every object of the spec; policy.py refuses the same things again on the compiled body.
"""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final

from containers.spec.errors import FieldError, shown, step

MAX_UNKNOWN: Final = 20

_VOLUMES_INSTEAD: Final = 'use a named volume: {"volumes": [{"name": "data", "path": "/data"}]}'
SOCKET_WORDS: Final = (
    "the engine's socket would give the container the whole host; "
    "let the program use Orchestra's API with a token instead"
)
BIND_WORDS: Final = f"a bind gives the container a folder of the host; {_VOLUMES_INSTEAD}"
_CAPABILITIES: Final = "containers run with the engine's default capabilities, NET_BIND_SERVICE and CHOWN among them"
_GPUS: Final = 'GPUs are asked for with resources, like {"resources": {"gpus": {"count": 1}}}'
_LINKS: Final = "links between containers are refused; publish the port with ports and connect to the host's address"

# Without case, '_' and '-', so that Docker's own spelling (PidMode, SecurityOpt) finds its answer too.
FORBIDDEN: Final[Mapping[str, str]] = {
    "privileged": f"a privileged container owns the host; {_CAPABILITIES}, which is enough for ordinary programs",
    "networkmode": "sharing the network of the host or of another container is refused; "
    "publish what others must reach with ports",
    "pid": "sharing processes with the host or another container is refused; each container has its own, with init",
    "ipc": "sharing memory with the host or another container is refused; use tmpfs at /dev/shm for a larger one",
    "uts": "sharing the host's name is refused; each container has its own host name",
    "usernsmode": "the engine's user namespace stays as its operator set it; choose a user inside with user",
    "cgroupparent": "the control group belongs to Orchestra, which limits by resources",
    "cgroup": "the control group belongs to Orchestra, which limits by resources",
    "devices": f"devices of the host are refused; {_GPUS}; for others ask for a host that does the work, "
    "by constraints",
    "devicerequests": f"devices of the host are refused; {_GPUS}, and the scheduler chooses which ones",
    "devicecgrouprules": "devices of the host are refused; ask for a host that does the work with constraints",
    "securityopt": "no-new-privileges and the engine's own profiles always hold; leave it out",
    "sysctls": "kernel settings are refused; the host's operator sets them on the host, and constraints find the host",
    "capadd": f"capabilities cannot be added; {_CAPABILITIES}; leave it out",
    "capdrop": f"capabilities cannot be changed one by one; {_CAPABILITIES}; set user to run without them",
    "binds": BIND_WORDS,
    "volumesfrom": "mounts of another container are refused; name the same volume in both containers' volumes",
    "links": _LINKS,
    "externallinks": _LINKS,
    "volumedriver": "volume drivers and their options are refused, because they can show any folder of the host; "
    + _VOLUMES_INSTEAD,
    "runtime": "the engine's default runtime is used; leave it out",
    "oomkilldisable": "a container over its memory limit must end; raise resources.memory_limit instead",
    "oomscoreadj": "the order in which the kernel ends programs is not for containers to choose; "
    "ask for memory with resources.memory",
    "ulimits": "process limits cannot be set yet; the engine's defaults hold",
    "hostconfig": "this is the engine's own form; write Orchestra's fields, such as ports, volumes and resources",
}

# Names of Docker and Compose whose meaning we have under another name.
ALIASES: Final[Mapping[str, str]] = {
    "environment": "env",
    "cmd": "command",
    "args": "command",
    "containername": "name",
    "hostname": "name",
    "workingdir": "workdir",
    "healthcheck": "health_check",
    "memlimit": "resources.memory_limit",
    "memory": "resources.memory",
    "memreservation": "resources.memory",
    "cpus": "resources.cpu_limit",
    "cpu": "resources.cpu",
    "nanocpus": "resources.cpu_limit",
    "cpushares": "resources.cpu",
    "restartpolicy": "restart",
    "stopgraceperiod": "stop_grace",
    "stoptimeout": "stop_grace",
    "readonlyrootfs": "read_only",
    "readonly": "read_only",
    "exposedports": "ports",
    "expose": "ports",
    "portbindings": "ports",
    "placement": "constraints",
    "nodeselector": "constraints",
    "taints": "tolerations",
    "deploy": "resources",
    "gpus": "resources.gpus",
    "gpu": "resources.gpus",
    "limits": "memory_limit and cpu_limit",
    "requests": "memory and cpu",
    "mounts": "volumes",
    "mountpath": "path",
    "target": "container_port for a port, path for a volume",
    "published": "host_port",
    "hostip": "host_address",
    "startperiod": "start_period",
}


def unknown_keys(data: Mapping[Any, object], fields: Iterable[str]) -> list[FieldError]:
    """One error for each key that is not a field; a false or empty value does not make a refused key harmless."""
    return _strangers(data, list(fields), answer=_answer)


def misspelt_keys(data: Mapping[Any, object], fields: Iterable[str]) -> list[FieldError]:
    """The same for objects that are no part of a spec, where Docker's words mean nothing."""
    return _strangers(data, list(fields), answer=_misspelt)


def refused_words(key: object) -> str | None:
    """Why Docker's field of this name is refused, whatever its spelling; None for any other key."""
    words = FORBIDDEN.get(_plain(key)) if isinstance(key, str) else None
    return f"{shown(key)} is refused: {words}" if words else None


def _plain(key: str) -> str:
    plain = key[:64].lower().replace("_", "").replace("-", "")
    return plain.removesuffix("mode") if plain in {"pidmode", "ipcmode", "utsmode"} else plain


def _strangers(
    data: Mapping[Any, object], known: list[str], *, answer: Callable[[str, list[str]], FieldError]
) -> list[FieldError]:
    found = [key for key in data if not isinstance(key, str) or key not in known]
    problems = [
        answer(key, known)
        if isinstance(key, str)
        else FieldError(step(shown(key)), "unknown", "field names are strings; write it in quotes")
        for key in found[:MAX_UNKNOWN]
    ]
    if len(found) > MAX_UNKNOWN:
        rest = len(found) - MAX_UNKNOWN
        problems.append(FieldError("", "unknown", f"and {rest} more unknown fields; remove them"))
    return problems


def _answer(key: str, known: list[str]) -> FieldError:
    words = refused_words(key)
    return FieldError(step(key), "forbidden", words) if words else _misspelt(key, known)


def _misspelt(key: str, known: list[str]) -> FieldError:
    guess = _guess(key[:64], _plain(key), known)
    if guess:
        return FieldError(step(key), "unknown", f"there is no field {shown(key)}; did you mean {guess}?")
    words = f"there is no field {shown(key)}; remove it (the fields are {', '.join(known)})"
    return FieldError(step(key), "unknown", words)


def _guess(key: str, plain: str, known: list[str]) -> str | None:
    for name in known:
        if name.replace("_", "") == plain:
            return name
    alias = ALIASES.get(plain)
    if alias:
        head, _, tail = alias.partition(".")
        if head in known or " " in alias:
            return alias
        if tail in known:
            return tail
    close = get_close_matches(key.lower(), known, n=1, cutoff=0.6)
    return close[0] if close else None
