"""The relaxations a platform admin grants to one project, read from the project's row.

Nothing granted is the default, and the only policy of a project that nobody touched.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from containers.policy.paths import normal, reaches_engine
from containers.spec.errors import shown, wrong
from containers.spec.fields import PRIORITY_HIGH
from containers.spec.kinds import Field, Kind, choice, flag, many, record, text, whole
from containers.spec.unknown import misspelt_keys

DEFAULT_CAPABILITIES: Final = frozenset(
    {"CHOWN", "NET_BIND_SERVICE", "SETUID", "SETGID", "DAC_OVERRIDE", "FOWNER", "KILL"}
)
# capabilities(7); ALL is not among them: each capability is granted by its name.
CAPABILITIES: Final = (
    *("AUDIT_CONTROL", "AUDIT_READ", "AUDIT_WRITE", "BLOCK_SUSPEND", "BPF", "CHECKPOINT_RESTORE", "CHOWN"),
    *("DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL", "LEASE"),
    *("LINUX_IMMUTABLE", "MAC_ADMIN", "MAC_OVERRIDE", "MKNOD", "NET_ADMIN", "NET_BIND_SERVICE", "NET_BROADCAST"),
    *("NET_RAW", "PERFMON", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYSLOG", "SYS_ADMIN", "SYS_BOOT"),
    *("SYS_CHROOT", "SYS_MODULE", "SYS_NICE", "SYS_PACCT", "SYS_PTRACE", "SYS_RAWIO", "SYS_RESOURCE"),
    *("SYS_TIME", "SYS_TTY_CONFIG", "WAKE_ALARM"),
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """`pointer` is a JSON pointer into the compiled body; `message` says why and what is possible."""

    pointer: str
    message: str


@dataclass(frozen=True, slots=True)
class ProjectPolicy:
    """A bind prefix is trusted whole: who may write below it on the host can place a link there that leads out."""

    allowed_bind_prefixes: tuple[str, ...] = ()
    allow_privileged: bool = False
    extra_capabilities: tuple[str, ...] = ()
    allow_host_network: bool = False
    max_priority: int = 0  # what its containers may ask for at most; below 0 anybody may go

    @staticmethod
    def from_json(data: object) -> "ProjectPolicy":
        """From Project.policy ({} or null: nothing granted); raises SpecErrors."""
        return _policy.read({} if data is None else data)

    def relaxed(self) -> Iterator[str]:
        """What differs from the default, in words, for the console and the events."""
        for prefix in self.allowed_bind_prefixes:
            yield f"may mount folders of the host below {prefix}"
        if self.allow_privileged:
            yield "may run privileged containers"
        if self.extra_capabilities:
            yield f"may add the capabilities {', '.join(self.extra_capabilities)}"
        if self.allow_host_network:
            yield "may use the host's network"
        if self.max_priority:
            yield f"may ask for a priority of up to {self.max_priority}, and stop what is lower to have room"


_prefix_text = text(longest=1024, say='a bind prefix is an absolute path, like "/srv/data"')


def _prefix(value: object) -> str:
    path = normal(_prefix_text.read(value))
    if path is None:
        raise wrong(f'a bind prefix is an absolute path without "." and "..", like "/srv/data", not {shown(value)}')
    if reaches_engine(path):
        raise wrong(f"{shown(path)} would open the engine's socket to the project; name a folder that does not hold it")
    return path


_capability_name = choice(CAPABILITIES, say="a capability")


def _capability(value: object) -> str:
    return _capability_name.read(value.upper().removeprefix("CAP_") if isinstance(value, str) else value)


_policy = record(
    ProjectPolicy,
    {
        "allowed_bind_prefixes": Field(
            "allowed_bind_prefixes",
            many(Kind(_prefix, _prefix_text.schema), most=50, say='write a list of paths, like ["/srv/data"]'),
        ),
        "allow_privileged": Field("allow_privileged", flag(say="allow_privileged")),
        "extra_capabilities": Field(
            "extra_capabilities",
            many(Kind(_capability, {"type": "string"}), most=50, say='write a list of names, like ["NET_ADMIN"]'),
        ),
        "allow_host_network": Field("allow_host_network", flag(say="allow_host_network")),
        "max_priority": Field("max_priority", whole(0, PRIORITY_HIGH, say="max_priority")),
    },
    say='write a policy as an object, like {"allow_host_network": true}',
    unknown=misspelt_keys,
)
