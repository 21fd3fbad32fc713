"""Quantities as people write them ("512m", "0.5") and as the system counts them (bytes, thousandths of a CPU).

Everything that reads or shows an amount of memory or CPU goes through here: specs and hosts before it, placement,
the engine body and the pages after it. Units of memory are binary, as Docker's are: 1k = 1024 bytes.
"""

import math
import re
from fractions import Fraction
from typing import Final

MEMORY_PATTERN: Final = r"[0-9]{1,20}(?:\.[0-9]{1,9})?(?:[bB]|[kKmMgGtT](?:[iI]?[bB]?))?"
CPU_PATTERN: Final = r"[0-9]{1,12}(?:\.[0-9]{1,20})?|[0-9]{1,15}m"

_UNIT_BYTES: Final = {"b": 1, "k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}
_SHOWN: Final = (("TiB", 1024**4), ("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024))
_MEMORY_HELP: Final = 'write bytes or a number with b, k, m, g or t, like "512m"'
_CPU_HELP: Final = 'write a number of CPUs like "0.5", or thousandths like "500m"'


class QuantityError(ValueError):
    """The text is not an amount; the message says what to write instead."""


def memory_bytes(value: object) -> int:
    """Bytes from "512m", "1.5g", "64Ki", "100b" or a whole number of bytes; a fraction of a byte counts as one."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise QuantityError(_MEMORY_HELP)
    if isinstance(value, int):
        return _not_negative(value, _MEMORY_HELP)
    if not re.fullmatch(MEMORY_PATTERN, value):
        raise QuantityError(_MEMORY_HELP)
    number = re.match(r"[0-9.]+", value)
    assert number is not None  # the pattern begins with a digit
    unit = value[number.end() :].lower()[:1] or "b"
    return math.ceil(Fraction(number.group()) * _UNIT_BYTES[unit])


def cpu_millis(value: object) -> int:
    """Thousandths of a CPU from "0.5", 0.5, 2 or "500m"; anything finer is rounded up."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise QuantityError(_CPU_HELP)
    if isinstance(value, int):
        return _not_negative(value, _CPU_HELP) * 1000
    if isinstance(value, float):
        return _millis_of_float(value)
    if not re.fullmatch(CPU_PATTERN, value):
        raise QuantityError(_CPU_HELP)
    if value.endswith("m"):
        return int(value[:-1])
    return math.ceil(Fraction(value) * 1000)


def _millis_of_float(value: float) -> int:
    if not math.isfinite(value) or value < 0:
        raise QuantityError(_CPU_HELP)
    # repr gives the shortest decimal, so that 0.1 means a tenth and not 0.1000000000000000055.
    return math.ceil(Fraction(repr(value)) * 1000)


def _not_negative(value: int, help_text: str) -> int:
    if value < 0:
        raise QuantityError(f"an amount cannot be negative; {help_text}")
    return value


def plain_memory(amount_bytes: int) -> str:
    """The shortest exact text that memory_bytes reads back: 268435456 -> "256m"."""
    for unit in ("t", "g", "m", "k"):
        if amount_bytes and amount_bytes % _UNIT_BYTES[unit] == 0:
            return f"{amount_bytes // _UNIT_BYTES[unit]}{unit}"
    return f"{amount_bytes}b"


def plain_cpu(millis: int) -> str:
    """The decimal text that cpu_millis reads back: 500 -> "0.5", 2000 -> "2"."""
    whole, rest = divmod(millis, 1000)
    return f"{whole}.{rest:03}".rstrip("0").rstrip(".")


def show_memory(amount_bytes: int) -> str:
    """For people, at most one decimal: 536870912 -> "512 MiB"."""
    for unit, size in _SHOWN:
        if abs(amount_bytes) >= size:
            return f"{amount_bytes / size:.1f}".removesuffix(".0") + f" {unit}"
    return f"{amount_bytes} B"


def show_cpu(millis: int) -> str:
    """For people: 500 -> "0.5 CPU", 2000 -> "2 CPUs"."""
    return f"{plain_cpu(millis)} {'CPU' if millis <= 1000 else 'CPUs'}"
