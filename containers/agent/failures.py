"""What an engine's refusal means for an attempt: a reason code and a sentence that keeps the engine's own words."""

from containers.reasons import Reason
from containers.registry_host import registry_of
from hosts.engine.errors import (
    Deadline,
    DeviceRefused,
    DiskFull,
    EngineError,
    ImageMissing,
    Invalid,
    PortTaken,
    RegistryDenied,
    RegistryError,
)

_MEANING: dict[type[EngineError], tuple[Reason, str]] = {
    ImageMissing: (Reason.IMAGE_MISSING, "The image {image} cannot be had: check its name and tag, or push it."),
    RegistryError: (Reason.REGISTRY, "The registry of {image} could not be asked, and the image is not on the host."),
    RegistryDenied: (
        Reason.REGISTRY_DENIED,
        "{registry} does not let this project have {image}: save or correct the project's credentials for {registry}.",
    ),
    PortTaken: (Reason.PORT_TAKEN, "A host port is in use on this host by something that is not ours."),
    DiskFull: (Reason.DISK_FULL, "The host's disk is full: free space there."),
    DeviceRefused: (
        Reason.GPU_REFUSED,
        "The engine cannot give out this host's GPUs: its operator must install their driver and container toolkit.",
    ),
    Invalid: (Reason.INVALID, "The engine refuses to run this: check command, entrypoint and user."),
}
# What Go's network layer says, in the engine's words, when no answer came from the registry.
_UNREACHED = (
    "dial tcp",
    "no such host",
    "connection refused",
    "connection reset",
    "no route to host",
    "network is unreachable",
    "timeout",
    "deadline exceeded",
    "x509:",
    "tls:",
)
_OTHER = (Reason.REFUSED, "The engine refuses.")
_KILLED = 128 + 9
# A busy engine may hear of the end before it hears why, and then never says that it was the memory.
_KILLED_WHY = "by somebody else, a host that went down, or for want of memory: compare its memory with memory_limit"


def meaning(error: EngineError, *, image: str) -> tuple[Reason, str]:
    """(code, sentence for people) of a refusal to run this image."""
    reason, template = _MEANING.get(type(error), _OTHER)
    words = template.format(image=image, registry=registry_of(image))
    return reason, f"{words} Engine: {error.words}" if error.words else words


def is_silence(error: EngineError) -> bool:
    """Whether the registry could not be reached at all, so that it is no use to ask it for another image either."""
    words = error.words.lower()
    return isinstance(error, Deadline) or any(sign in words for sign in _UNREACHED)


def end_of(exit_code: int, *, oom_killed: bool, error: str) -> tuple[Reason, str]:
    """(code, sentence for people) of a container that ended by itself."""
    if oom_killed:
        return Reason.OUT_OF_MEMORY, f"killed by the kernel: out of memory (exit code {exit_code}); raise memory_limit"
    if exit_code == _KILLED:
        return Reason.EXIT, f"killed (signal 9, exit code {exit_code}), {_KILLED_WHY}"
    if exit_code > 128:
        return Reason.EXIT, f"ended by signal {exit_code - 128} (exit code {exit_code})"
    words = f": {error}" if error else ""
    return Reason.EXIT, f"ended with exit code {exit_code}{words}"
