"""Reads typed values from the query string; what cannot be read is a 400 that names the parameter.

Before: a view. After: queries and actions get values of the right type.
"""

import difflib
from collections.abc import Sequence

from rest_framework.request import Request

from core.lib.problems import Problem

OF_THE_FRAMEWORK = ("format",)  # how the answer is written: json, or api for the page


def refuse_unknown(request: Request, known: Sequence[str]) -> None:
    """Problem 400 for the first query parameter that the operation does not have, with "did you mean"."""
    for name in request.query_params:
        if name in known or name in OF_THE_FRAMEWORK:
            continue
        near = difflib.get_close_matches(name, known, n=1)
        there = f"known are {', '.join(known)}" if known else "there are none here"
        hint = f"did you mean {near[0]}?" if near else there
        raise Problem(400, "query-unknown", f"there is no parameter ?{name[:40]}=; {hint}")


def whole(request: Request, name: str, *, default: int, least: int, most: int) -> int:
    """An integer within bounds."""
    text = request.query_params.get(name, "")
    if not text:
        return default
    try:
        value = int(text[:20])
    except ValueError:
        value = least - 1
    if not least <= value <= most:
        raise Problem(400, "query-invalid", f"?{name}= must be a whole number from {least} to {most}")
    return value


def flag(request: Request, name: str, *, default: bool = False) -> bool:
    """1 or true, 0 or false."""
    text = request.query_params.get(name, "").lower()
    if not text:
        return default
    if text in ("1", "true"):
        return True
    if text in ("0", "false"):
        return False
    raise Problem(400, "query-invalid", f"?{name}= must be 1 or 0")
