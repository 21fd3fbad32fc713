"""What makes one host better than another: a named policy gives each term of the score its weight.

Pure. A policy is a row that an admin edits; a container names one, its project has a default. Wishes of the container
itself, hosts to avoid and hosts where it failed count in every policy as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

TERMS: Final[Mapping[str, str]] = {
    "spread": "what is left free after placing: CPU, memory and containers",
    "pack": "the contrary: what is taken after placing, so that few hosts are filled",
    "balance": "CPU and memory taken alike (where there are GPUs: CPU and GPUs), so that neither is left over",
    "usage": "what is not in use now, as measured, whatever is reserved",
    "fewest": "few containers of the same service on the host",
    "zones": "few containers of the same service in the domain of the policy's label",
    "image": "the image is there already",
    "stay": "the host where the slot's last container was",
    "fragments": "little free GPU that a typical request could not use",
}
MOST_WEIGHT: Final = 1000.0


@dataclass(frozen=True)
class Policy:
    """`weights`: of terms, in the order of TERMS, none of them 0. `over`: the label of hosts that `zones` goes by."""

    name: str
    weights: tuple[tuple[str, float], ...]
    over: str = ""

    def asks(self, *terms: str) -> bool:
        return any(name in terms for name, _ in self.weights)


def policy(name: str, weights: Mapping[str, float], *, over: str = "") -> Policy:
    """A policy in its one form. What is not a term is left out."""
    return Policy(name, tuple((term, float(weights[term])) for term in TERMS if weights.get(term)), over)


APART: Final = 10.0  # of `fewest`: one more of the same service weighs as much as all that a host's load can differ
SPREAD: Final = policy("spread", {"spread": 1, "fewest": APART, "image": 1})
GPU: Final = policy("gpu", {"fragments": 1, "balance": 0.05})
BUILT_IN: Final[Mapping[str, tuple[Policy, str]]] = {
    "spread": (SPREAD, "Keep the containers of a service on different hosts, and fill all hosts alike."),
    "binpack": (policy("binpack", {"pack": 1, "image": 1}), "Fill few hosts, and leave others empty."),
    "balanced": (
        policy("balanced", {"spread": 0.5, "balance": 0.5, "usage": 0.5, "fewest": APART, "image": 1}),
        "Keep them apart too, take CPU and memory alike, and look at what is really used.",
    ),
    "gpu": (GPU, "Leave as little of the GPUs as can be where a typical request cannot use it."),
}
