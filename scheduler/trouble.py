"""Poison objects: what makes a loop fail again and again is set aside, shown, and tried again slowly.

One object's fault never stops the pass. Each loop has one register, in memory: a new leader starts with a clean one.
"""

from dataclasses import dataclass, field

FAILURES_MAX = 5
SET_ASIDE_S = 60.0


@dataclass(slots=True)
class Trouble:
    """Counts failures per object; `now_s` is monotonic."""

    _failures: dict[str, tuple[int, str, float]] = field(default_factory=dict)

    def is_set_aside(self, key: str, now_s: float) -> bool:
        count, _, until_s = self._failures.get(key, (0, "", 0.0))
        return count >= FAILURES_MAX and now_s < until_s

    def failed(self, key: str, words: str, now_s: float) -> int:
        """Note one more failure; the number so far is returned."""
        count = self._failures.get(key, (0, "", 0.0))[0] + 1
        self._failures[key] = (count, words, now_s + SET_ASIDE_S)
        return count

    def fine(self, key: str) -> None:
        self._failures.pop(key, None)

    def words(self) -> str:
        """What the loop's run shows: "2 set aside: <id>: <words>; ..." or ""."""
        aside = {key: words for key, (count, words, _) in self._failures.items() if count >= FAILURES_MAX}
        shown = "; ".join(f"{key}: {words}" for key, words in list(aside.items())[:3])
        return f"{len(aside)} set aside: {shown}" if aside else ""
