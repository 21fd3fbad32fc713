"""core/lib/quantity.py: amounts as people write them."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lib.quantity import (
    QuantityError,
    cpu_millis,
    memory_bytes,
    plain_cpu,
    plain_memory,
    show_cpu,
    show_memory,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("512m", 536870912),
        ("512M", 536870912),
        ("512Mi", 536870912),
        ("512MiB", 536870912),
        ("512mb", 536870912),
        ("1.5g", 1610612736),
        ("2t", 2 * 1024**4),
        ("3k", 3072),
        ("100", 100),
        ("100b", 100),
        ("0", 0),
        (4096, 4096),
        ("0.0001k", 1),
    ],
)
def test_memory_is_read_in_binary_units(text: object, expected: int) -> None:
    assert memory_bytes(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.5", 500),
        (0.5, 500),
        (2, 2000),
        ("2", 2000),
        ("500m", 500),
        (0.1, 100),
        ("0.0001", 1),
        (1e-9, 1),
        (0.29, 290),
    ],
)
def test_cpu_is_read_in_thousandths(text: object, expected: int) -> None:
    assert cpu_millis(text) == expected


NONSENSE: list[Any] = [
    *("", " ", "m", "-1", "1 m", "1e3", "0x10", "1,5g", "12p", "1mib2", "nan", "inf", "٣m", "5m\n", "1..5", ".5"),
    *(None, True, False, [], {}, -1, "9" * 30),
]


@pytest.mark.parametrize("value", [*NONSENSE, 1.5, float("nan")])
def test_memory_refuses_what_is_no_amount(value: object) -> None:
    with pytest.raises(QuantityError):
        memory_bytes(value)


@pytest.mark.parametrize("value", [*NONSENSE, float("nan"), float("inf"), -0.5, "0.5m", "1k"])
def test_cpu_refuses_what_is_no_amount(value: object) -> None:
    with pytest.raises(QuantityError):
        cpu_millis(value)


@given(st.integers(0, 2**60))
def test_plain_texts_are_read_back(amount: int) -> None:
    assert memory_bytes(plain_memory(amount)) == amount
    millis = amount % 10**9
    assert cpu_millis(plain_cpu(millis)) == millis


@given(st.floats() | st.text(max_size=8) | st.integers())
def test_nothing_else_is_ever_raised(value: object) -> None:
    for read in (memory_bytes, cpu_millis):
        with suppress(QuantityError):
            assert read(value) >= 0


def test_people_see_short_texts() -> None:
    assert [show_memory(n) for n in (0, 900, 2048, 536870912, 1610612736, 10 * 1024**4)] == [
        *("0 B", "900 B", "2 KiB", "512 MiB", "1.5 GiB", "10 TiB")
    ]
    assert [show_cpu(n) for n in (0, 10, 500, 1000, 2500, 16000)] == [
        *("0 CPU", "0.01 CPU", "0.5 CPU", "1 CPU", "2.5 CPUs", "16 CPUs")
    ]
