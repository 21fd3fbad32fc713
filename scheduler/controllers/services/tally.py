"""The sums over the slots of a service, kept slot by slot: a plan of a thousand slots adds nothing up twice. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """What one slot adds to the sums of its service. `over`: it ended for good."""

    kept: int = 0
    ready: int = 0
    successors: int = 0
    lingering: int = 0
    flying: int = 0
    live: int = 0
    over: int = 0

    def plus(self, new: "Tally", *, minus: "Tally") -> "Tally":
        """These sums, with one slot's part exchanged."""
        return Tally(
            self.kept + new.kept - minus.kept,
            self.ready + new.ready - minus.ready,
            self.successors + new.successors - minus.successors,
            self.lingering + new.lingering - minus.lingering,
            self.flying + new.flying - minus.flying,
            self.live + new.live - minus.live,
            self.over + new.over - minus.over,
        )
