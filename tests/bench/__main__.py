"""`make bench`, or `python -m tests.bench [piece...]`: measure, print the table, write it. Needs root, as the lab does.

Pieces: many, one, crash, pixel, processes, loss, crashes, placement, passes, load. `--out NAME` writes NAME.txt
and NAME.json. A piece that breaks is told and the others go on; a figure that is missed is no error of the bench.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench import (
    crash,
    crashes,
    end_to_end,
    giving_way,
    load,
    loss,
    many,
    one,
    openb,
    pixel,
    placement,
    processes,
    whatif,
)
from tests.bench.figures import Figure, as_json, table
from tests.bench.rig import Rig, say

PIECES = ("processes", "placement", "passes", "load", "one", "crash", "pixel", "loss", "crashes", "many")
ON_A_RIG = ("one", "crash", "pixel", "loss", "crashes", "many")
LARGE = 100
CLOSING_S = 60  # what the last round may take, and the lab's end


def main(words: list[str]) -> int:
    asked = parser().parse_args(words)
    unknown = set(asked.pieces) - set(PIECES)
    if unknown:
        raise SystemExit(f"no piece {', '.join(sorted(unknown))}; there are {', '.join(PIECES)}")
    pieces = [piece for piece in PIECES if piece in (asked.pieces or PIECES)]
    began_s, busy = time.monotonic(), os.getloadavg()[0]
    figures: list[Figure] = []
    broken: list[str] = []
    until_s = began_s + asked.minutes * 60 - CLOSING_S
    if "processes" in pieces:
        figures += attempt("processes", lambda: processes.measure(rounds=asked.starts), broken)
    if "placement" in pieces:
        figures += attempt("placement", lambda: placement.measure(rounds=asked.passes), broken)
        figures += attempt("what-if", lambda: whatif.measure(rounds=asked.passes), broken)
        figures += attempt("giving way", lambda: giving_way.measure(rounds=asked.passes), broken)
        figures += attempt("openb", lambda: openb.measure(asked.trace, seeds=asked.seeds), broken)
    if "passes" in pieces:
        figures += attempt("passes", lambda: end_to_end.measure(rounds=asked.passes), broken)
    if "load" in pieces:
        figures += attempt("load", load.measure, broken)
    if set(pieces) & set(ON_A_RIG):
        with Rig() as rig:
            for piece in pieces:
                if piece in ON_A_RIG:
                    figures += attempt(piece, on_rig(piece, rig, asked, until_s), broken)
    about = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "took_s": round(time.monotonic() - began_s),
        "machine": f"{os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}",
        "load_before": round(busy, 2),
        "pieces": pieces,
        "broken": broken,
    }
    publish(figures, about, asked.out)
    return 1 if broken else 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    made.add_argument("pieces", nargs="*", help=f"of {', '.join(PIECES)}; all when none is named")
    made.add_argument("--out", type=Path, default=None, help="write this name with .txt and .json")
    made.add_argument("--rounds", type=int, default=5, help="pairs of 10 and 50 containers")
    made.add_argument("--rounds-100", type=int, default=3, help="pairs of 100 containers")
    made.add_argument("--counts", default="10,50,100", help="sizes of `many`")
    made.add_argument("--engines", default="1,3", help="numbers of engines of `many`")
    made.add_argument("--no-swarm", action="store_true", help="leave Swarm out of `many`")
    made.add_argument("--minutes", type=float, default=12, help="after these, `many` begins no further round")
    made.add_argument("--pairs", type=int, default=10, help="pairs of `one`")
    made.add_argument("--crashes", type=int, default=7, help="crashes of `crash`")
    made.add_argument("--kills", type=int, default=32, help="kills of `pixel`")
    made.add_argument("--losses", type=int, default=10, help="hosts that lose their power, of `loss`")
    made.add_argument("--swarm-losses", type=int, default=3, help="the same under Swarm, of `loss`")
    made.add_argument("--loops", type=int, default=5, help="pairs of `crashes`")
    made.add_argument("--starts", type=int, default=2, help="rounds of `processes`: a first and a second start each")
    made.add_argument(
        "--passes", type=int, default=5, help="placement passes of each size, of `placement` and `passes`"
    )
    made.add_argument("--trace", type=Path, default=None, help="the folder of the openb trace, for `placement`")
    made.add_argument("--seeds", type=int, default=10, help="replays of the trace, of `placement`")
    return made


def on_rig(piece: str, rig: Rig, asked: argparse.Namespace, until_s: float) -> Callable[[], list[Figure]]:
    """What measures this piece."""
    if piece == "one":
        return lambda: one.measure(rig, rounds=asked.pairs)
    if piece == "crash":
        return lambda: crash.measure(rig, rounds=asked.crashes)
    if piece == "pixel":
        return lambda: pixel.measure(rig, kills=asked.kills)
    if piece == "loss":
        return lambda: loss.measure(rig, rounds=asked.losses, peer_rounds=asked.swarm_losses)
    if piece == "crashes":
        return lambda: crashes.measure(rig, rounds=asked.loops)
    wanted = many.Asked(
        counts=[int(word) for word in asked.counts.split(",")],
        engines=[int(word) for word in asked.engines.split(",")],
        rounds=lambda count: asked.rounds_100 if count >= LARGE else asked.rounds,
        swarm=not asked.no_swarm,
        until_s=until_s,
    )
    return lambda: many.measure(rig, wanted)


def attempt(piece: str, measure: Callable[[], list[Figure]], broken: list[str]) -> list[Figure]:
    """Its figures; none, and a word about it, when it breaks."""
    say(f"--- {piece}")
    try:
        return measure()
    except Exception as error:
        traceback.print_exc()
        broken.append(f"{piece}: {error}")
        return []


def publish(figures: list[Figure], about: dict[str, Any], out: Path | None) -> None:
    """To the terminal, and to two files when asked for."""
    head = f"{about['at']}, {about['machine']}, load {about['load_before']} before, took {about['took_s']} s"
    text = "\n".join([head, "", table(figures), *(f"BROKEN {words}" for words in about["broken"]), ""])
    sys.stdout.write(text)
    if out is not None:
        out.with_suffix(".txt").write_text(text)
        out.with_suffix(".json").write_text(as_json(figures, about))
        say(f"written to {out.with_suffix('.txt')} and {out.with_suffix('.json')}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
