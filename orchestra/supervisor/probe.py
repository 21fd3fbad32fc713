"""Whether a Docker engine answers at an address; asked before there is a host for it."""

from hosts.address import TlsTexts
from hosts.engine import EngineAddress, TlsPair, open_engine
from hosts.engine.errors import EngineError

PING_TIMEOUT_S = 3.0


def why_silent(url: str, tls: TlsTexts | None = None) -> str | None:
    """None when an engine answers at this address, else its or the kernel's words."""
    try:
        engine = open_engine(EngineAddress(url, None if tls is None else TlsPair(**tls)), cluster="none")
        try:
            engine.ping(timeout_s=PING_TIMEOUT_S)
        finally:
            engine.close()
    except EngineError as error:
        return error.words or error.code
    return None
