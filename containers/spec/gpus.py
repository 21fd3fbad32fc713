"""Which GPUs of its host a container gets: some whole devices, or a share of a single one.

Part of parse.py's table. Shares are given on hosts whose operator lets them be shared, and kept by trust alone: an
engine gives a container a device or it does not, and cannot say how much of it the container uses.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from containers.spec.errors import FieldError, shown, wrong
from containers.spec.kinds import Field, Kind, Values, many, record, text, whole
from containers.spec.types import GpuRequest
from containers.spec.unknown import misspelt_keys
from core.lib.quantity import CPU_PATTERN, QuantityError, cpu_millis
from hosts.devices import MODEL_PATTERN, MOST_GPUS, WHOLE_MILLIS

MAX_MODELS: Final = 20
SHARE_WORDS: Final = (
    "a share of a single GPU in thousandths, like 0.5 or 500m, on hosts whose operator lets their GPUs be shared; "
    "no engine enforces it, the containers must keep to it themselves"
)

_model = text(
    MODEL_PATTERN, longest=64, say="a model is named as the hosts name theirs, in letters, digits and blanks, like A100"
)


def _one_of_both(values: Values) -> Iterator[FieldError]:
    if "number" in values and "millis" in values:
        words = "whole GPUs (count) or a share of one (share) are asked for, and here stand both; remove one of them"
        yield FieldError("/share", "invalid", words)


def _share(value: object) -> int:
    try:
        millis = cpu_millis(value)
    except QuantityError:
        raise wrong(
            f'a share of a GPU is written like "0.5", or in thousandths like "500m"; not {shown(value)}'
        ) from None
    if not 0 < millis < WHOLE_MILLIS:
        words = f"a share is from 0.001 to 0.999 of a GPU, not {shown(value)}; for whole ones write count"
        raise wrong(words, code="limit")
    return millis


_SHARE_SCHEMA: Final = {"type": ["string", "number"], "minimum": 0, "pattern": f"^(?:{CPU_PATTERN})$"}


def _sorted(value: object) -> tuple[str, ...]:
    return tuple(sorted(set(_models.read(value))))


_models = many(_model, most=MAX_MODELS, say='models is a list, like ["A100"]')

_gpus = record(
    GpuRequest,
    {
        "count": Field(
            "number",
            whole(1, MOST_GPUS, say="how many GPUs").described("so many whole GPUs of its host", examples=[2]),
        ),
        "share": Field("millis", Kind(_share, _SHARE_SCHEMA).described(SHARE_WORDS, examples=["0.5"])),
        "models": Field(
            "models",
            Kind(_sorted, _models.schema).described(
                "any of these models will do; left out: any at all", examples=[["A100", "H100"]]
            ),
        ),
    },
    say='write gpus as {"count": 1} or {"share": "0.5"}',
    unknown=misspelt_keys,
    check=_one_of_both,
)


def _read(value: object) -> GpuRequest:
    found = _gpus.read(value)
    if isinstance(value, Mapping) and value.get("count") is None and value.get("share") is None:
        words = 'is missing; add count for whole GPUs, like {"count": 1}, or share for a part of one'
        raise wrong(words, code="required", at="/count")
    return found


gpus = Kind(_read, {**_gpus.schema, "anyOf": [{"required": ["count"]}, {"required": ["share"]}]}).described(
    "GPUs of its host that it gets: whole ones by count, or a share of a single one; booked device by device",
    examples=[{"count": 1, "models": ["A100"]}, {"share": "0.5"}],
)
