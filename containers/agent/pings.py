"""Does the engine answer? One ping a second on a connection of its own; the word for it goes to the host's row.

Silence makes a host suspect, a refused connection says that only its engine is down. Lost is the leader's word, not
ours. Slow answers to other calls never count here.
"""

from dataclasses import dataclass, field

from core.lib.clock import monotonic_s
from hosts.engine.errors import EngineDown, EngineError, Untrusted
from hosts.states import Reachable


@dataclass(slots=True)
class PingJudge:
    """Turns ping results into words. Pure but for its memory; times are monotonic seconds."""

    suspect_after_s: float
    answered_s: float = field(default_factory=monotonic_s)

    def answered(self, now_s: float) -> Reachable:
        """A ping came back."""
        self.answered_s = now_s
        return Reachable.OK

    def failed(self, error: EngineError, now_s: float) -> Reachable | None:
        """The word to write after a failed ping, or None: too early to say."""
        if now_s - self.answered_s < self.suspect_after_s:
            return None
        return Reachable.REFUSED if isinstance(error, EngineDown) else Reachable.SUSPECT


def words(error: EngineError) -> str:
    """What a failed ping means, for an operator."""
    if isinstance(error, EngineDown):
        return f"the host refuses the connection: its Docker engine is not running. {error.words}"
    if isinstance(error, Untrusted):
        return f"TLS failed: check the certificates of this host. {error.words}"
    return f"the engine does not answer. {error.words}"
