"""Taints: what keeps containers off a host unless they say that they tolerate it. Pure.

Written "dedicated=ml", "spot" or "spot:avoid". A plain taint refuses; one to avoid makes the host the last resort.
Tolerations name the key ("spot"), the key and its value ("dedicated=ml"), or everything ("*").
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

WORD: Final = r"[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,126}[A-Za-z0-9])?"
AVOID: Final = "avoid"
EVERYTHING: Final = "*"
_TAINT: Final = re.compile(rf"(?P<key>{WORD})(?:=(?P<value>{WORD}))?(?P<avoid>:{AVOID})?")
_TOLERATION: Final = re.compile(rf"\*|{WORD}(?:={WORD})?")


@dataclass(frozen=True, slots=True)
class Taint:
    """`avoid`: other hosts are taken first, but it refuses nobody."""

    key: str
    value: str = ""
    avoid: bool = False

    def is_tolerated(self, by: Collection[str]) -> bool:
        """Whether a container with these tolerations may come."""
        return EVERYTHING in by or self.key in by or self.plain in by

    @property
    def plain(self) -> str:
        """As a toleration would name it."""
        return f"{self.key}={self.value}" if self.value else self.key

    def __str__(self) -> str:
        return f"{self.plain}:{AVOID}" if self.avoid else self.plain


def parse_taint(text: str) -> Taint | None:
    """From "spot:avoid" to Taint("spot", "", True); None when it is none."""
    match = _TAINT.fullmatch(text)
    return None if match is None else Taint(match["key"], match["value"] or "", match["avoid"] is not None)


def is_toleration(text: str) -> bool:
    return _TOLERATION.fullmatch(text) is not None
