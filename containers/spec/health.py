"""How a container is asked whether it is well: by the engine inside it (`test`), or by the agent over the network.

Part of parse.py's table. Exactly one of `test`, `http` and `tcp` is given; the times are the same for all three.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from containers.spec import fields as f
from containers.spec.errors import FieldError, shown, wrong
from containers.spec.kinds import Field, Kind, Values, record, text, whole
from containers.spec.types import HealthCheck, HttpProbe, TcpProbe
from containers.spec.unknown import unknown_keys

_WAYS: Final = ("test", "http", "tcp")
_TEST_HELP: Final = 'write a list like ["CMD", "curl", "-f", "http://localhost/"], or a text for the shell'
_STATUS_HELP: Final = 'write a status or a range from 200 to 599, like "200-399" or "204"'
_STATUS: Final = re.compile(r"([2-5][0-9]{2})(?:-([2-5][0-9]{2}))?")


def _test(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = ["CMD-SHELL", value]
    test = f.arguments.read(value)
    if test == ("NONE",) or (len(test) > 1 and test[0] == "CMD" and test[1]):
        return test
    if len(test) == 2 and test[0] == "CMD-SHELL" and test[1].strip():
        return test
    raise wrong(f'a test begins with "CMD" or "CMD-SHELL" and its command, or is ["NONE"]; {_TEST_HELP}')


_test_kind = Kind(_test, {"anyOf": [{"type": "string", "minLength": 1}, dict(f.arguments.schema)]})


def _status(value: object) -> tuple[int, int]:
    given = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    match = _STATUS.fullmatch(given) if isinstance(given, str) else None
    if match is None:
        raise wrong(f"{_STATUS_HELP}; not {shown(value)}")
    low, high = int(match[1]), int(match[2] or match[1])
    if low > high:
        raise wrong(f'{low} is above {high}; write the lower one first, "{high}-{low}"')
    return low, high


_status_kind = Kind(
    _status, {"type": ["string", "integer"], "minimum": 200, "maximum": 599, "pattern": f"^(?:{_STATUS.pattern})$"}
).described("statuses that are good answers, both ends included", default="200-399", examples=["200-299", "204"])

_port = Field(
    "port",
    whole(1, 65535, say="the port inside the container").described(
        "the port inside the container; it is asked where it is published", examples=[80]
    ),
    required=True,
)


def _http_probe(*, port: int, path: str = "/", status: tuple[int, int] = (200, 399), **more: Any) -> HttpProbe:
    return HttpProbe(port=port, path=path, low=status[0], high=status[1], **more)


_http = record(
    _http_probe,
    {
        "port": _port,
        "path": Field(
            "path",
            text(
                r"/[!-~]*",
                longest=1024,
                say='a path begins with "/" and has neither blanks nor letters beyond ASCII (write %20 for a blank)',
            ).described("the path and query of the request; redirects are not followed", default="/"),
        ),
        "status": Field("status", _status_kind),
        "host_header": Field(
            "host_header",
            text(
                r"(?:[A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?",
                longest=255,
                say='a host header is a host name, with a port if wanted, like "shop.example.com"',
            ).described(
                "the request's Host header; left out: the address that is asked", examples=["shop.example.com"]
            ),
        ),
    },
    say='write an HTTP check as {"port": 80, "path": "/healthz"}',
    unknown=unknown_keys,
)

_tcp = record(TcpProbe, {"port": _port}, say='write a TCP check as {"port": 5432}', unknown=unknown_keys)


def _one_way(values: Values) -> Iterator[FieldError]:
    given = [way for way in _WAYS if way in values]
    for way in given[1:]:
        words = f"a health check asks in one way, and this one has {' and '.join(given)}; remove all but one"
        yield FieldError(f"/{way}", "invalid", words)


def _some_way(data: object) -> None:
    if isinstance(data, dict) and all(data.get(way) is None for way in _WAYS):
        words = (
            'is missing; add test (a command in the container), http (like {"port": 80}) or tcp (like {"port": 5432})'
        )
        raise wrong(words, code="required", at="/test")


_record = record(
    HealthCheck,
    {
        "test": Field(
            "test",
            _test_kind.described(
                f"a command that the engine runs inside the container; {_TEST_HELP}",
                examples=[["CMD", "curl", "-f", "http://localhost/"]],
            ),
        ),
        "http": Field(
            "http",
            _http.described(
                "a GET that Orchestra's agent sends; the image needs no curl",
                examples=[{"port": 80, "path": "/healthz"}],
            ),
        ),
        "tcp": Field(
            "tcp",
            _tcp.described(
                "a connection that Orchestra's agent opens; good when it is taken and not closed at once",
                examples=[{"port": 5432}],
            ),
        ),
        "interval": Field("interval_s", f.seconds(1, "the time between two checks", 10)),
        "timeout": Field("timeout_s", f.seconds(1, "the time one check may take", 5)),
        "retries": Field(
            "retries",
            whole(1, 100, say="failures before it is unhealthy").described(
                "failures in a row before it is unhealthy", default=3
            ),
        ),
        "start_period": Field(
            "start_period_s",
            f.seconds(0, "the time after the start in which failures do not count, until the first good answer", 0),
        ),
    },
    say='write a health check as {"http": {"port": 80}, "interval": 10}, or with tcp or "test"',
    unknown=unknown_keys,
    check=_one_way,
)


def _read(value: object) -> HealthCheck:
    found = _record.read(value)
    _some_way(value)
    return found


health_check = Kind(_read, {**_record.schema, "allOf": [{"anyOf": [{"required": [way]} for way in _WAYS]}]})
