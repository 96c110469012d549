"""What goes wrong on the wire, as transports laid around the one an account speaks through."""

from __future__ import annotations

import email.utils
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import httpx

from connectors.errors import AuthExpired, Forbidden, ProtocolError, RateLimited, Temporary

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

    from connectors.errors import ConnectorError

Reply = httpx.Response
_LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please log in</body></html>"
_SOON = 300


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong: what comes instead of the ``right`` answer, and the errors by which it may be told."""

    name: str
    errors: tuple[type[ConnectorError], ...]
    make: Callable[[httpx.Request, Callable[[], Reply]], Reply]


def _says(
    status: int, text: str = "", *, headers: Mapping[str, str] | None = None, json: Any = None
) -> Callable[[httpx.Request, Callable[[], Reply]], Reply]:
    def make(_request: httpx.Request, _right: Callable[[], Reply]) -> Reply:
        return Reply(status, headers=headers) if json is None and not text else _body(status, text, headers, json)

    return make


def _body(status: int, text: str, headers: Mapping[str, str] | None, json: Any) -> Reply:
    if json is not None:
        return Reply(status, headers=headers, json=json)
    return Reply(status, headers={"Content-Type": "text/html", **(headers or {})}, text=text)


def _raises(kind: type[httpx.TransportError], words: str) -> Callable[[httpx.Request, Callable[[], Reply]], Reply]:
    def make(request: httpx.Request, _right: Callable[[], Reply]) -> Reply:
        raise kind(words, request=request)

    return make


def _cut(share: float) -> Callable[[httpx.Request, Callable[[], Reply]], Reply]:
    """The right answer up to ``share`` of it, the connection closed in good order: only the document tells."""

    def make(_request: httpx.Request, right: Callable[[], Reply]) -> Reply:
        whole = right()
        body = whole.read()
        return Reply(whole.status_code, headers={"Content-Type": "application/json"}, content=body[: _at(body, share)])

    return make


def _at(body: bytes, share: float) -> int:
    return min(int(len(body) * share), len(body) - 1)


class _Breaking(httpx.SyncByteStream):
    """A body that stops in the middle with the connection."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Any:
        yield self._body[: len(self._body) // 2]
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


def _breaks(_request: httpx.Request, right: Callable[[], Reply]) -> Reply:
    whole = right()
    return Reply(whole.status_code, stream=_Breaking(whole.read()))


def _loops(request: httpx.Request, _right: Callable[[], Reply]) -> Reply:
    return Reply(302, headers={"Location": str(request.url)})


def _not_gzip(_request: httpx.Request, _right: Callable[[], Reply]) -> Reply:
    return Reply(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"this is no gzip"))


def _reset() -> str:
    return str(int(time.time()) + _SOON)


LIMITS: Final = (
    Fault("429 with seconds", (RateLimited,), _says(429, headers={"Retry-After": str(_SOON)})),
    Fault(
        "429 with a date",
        (RateLimited,),
        lambda *_: Reply(429, headers={"Retry-After": email.utils.formatdate(time.time() + _SOON, usegmt=True)}),
    ),
    Fault("429 with x-retry-after", (RateLimited,), _says(429, headers={"x-retry-after": str(_SOON)})),
    Fault("429 with a unix time", (RateLimited,), lambda *_: Reply(429, headers={"X-RateLimit-Reset": _reset()})),
    Fault("429 in milliseconds", (RateLimited,), _says(429, headers={"X-Rate-Limit-Time-Reset-Ms": f"{_SOON}000"})),
    Fault(
        "429 with a cost account",
        (RateLimited,),
        _says(
            429,
            json={
                "extensions": {
                    "cost": {
                        "requestedQueryCost": 30_000,
                        "throttleStatus": {"currentlyAvailable": 0, "restoreRate": 100},
                    }
                }
            },
        ),
    ),
    Fault("503 that names a time", (RateLimited,), _says(503, headers={"Retry-After": str(_SOON)})),
)
"""Six shapes of 429 and its cousin: each asks for five minutes."""

FAULTS: Final = (
    Fault("500", (Temporary,), _says(500, "Internal Server Error")),
    Fault("502 as a page", (Temporary,), _says(502, "<html><body>Bad Gateway</body></html>")),
    Fault("504", (Temporary,), _says(504)),
    Fault("a login page", (ProtocolError,), _says(200, _LOGIN_PAGE)),
    Fault("nothing", (ProtocolError,), _says(200)),
    Fault("204", (ProtocolError,), _says(204)),
    Fault("null", (ProtocolError,), _says(200, "null")),
    Fault("a list", (ProtocolError,), _says(200, "[]")),
    Fault("a number", (ProtocolError,), _says(200, "17")),
    Fault("an empty object", (ProtocolError,), _says(200, "{}")),
    Fault("NaN", (ProtocolError,), _says(200, '{"data": NaN, "result": NaN, "trackers": NaN}')),
    Fault("nested without end", (ProtocolError,), _says(200, "[" * 200_000)),
    Fault(
        "junk before the document", (ProtocolError,), lambda _r, right: Reply(200, content=b"\xff\x00" + right().read())
    ),
    Fault("no gzip", (ProtocolError,), _not_gzip),
    Fault("401 as a page", (AuthExpired,), _says(401, _LOGIN_PAGE)),
    Fault("403", (Forbidden, ProtocolError), _says(403, json={"message": "not allowed"})),
    Fault("a redirect loop", (ProtocolError,), _loops),
    Fault("a redirect elsewhere", (ProtocolError,), _says(302, headers={"Location": "https://elsewhere.example/"})),
    Fault("too slow", (Temporary,), _raises(httpx.ReadTimeout, "timed out")),
    Fault("no connection", (Temporary,), _raises(httpx.ConnectError, "connection refused")),
    Fault("reset by peer", (Temporary,), _raises(httpx.ReadError, "connection reset by peer")),
    Fault("cut with the connection", (Temporary,), _breaks),
    *(Fault(f"cut at {share:.0%}", (ProtocolError,), _cut(share)) for share in (0.0, 0.25, 0.5, 0.75, 0.9, 1.0)),
)
"""Everything else. ``errors`` is what a read that meets it all the time may end with."""


@dataclass
class Faulty(httpx.BaseTransport):
    """Passes on to ``inner``; ``fault`` comes instead at request number ``at`` and, if ``lasting``, from then on."""

    inner: httpx.BaseTransport
    fault: Fault
    at: int = 0
    lasting: bool = True
    requests: int = 0
    met: int = 0

    def handle_request(self, request: httpx.Request) -> Reply:
        number = self.requests
        self.requests += 1
        if number == self.at or (self.lasting and number > self.at):
            self.met += 1
            return self.fault.make(request, lambda: self.inner.handle_request(request))
        return self.inner.handle_request(request)


@dataclass
class Counting(httpx.BaseTransport):
    """Passes on, and counts."""

    inner: httpx.BaseTransport
    requests: int = 0

    def handle_request(self, request: httpx.Request) -> Reply:
        self.requests += 1
        return self.inner.handle_request(request)


@dataclass
class Telling(httpx.BaseTransport):
    """Passes on, and can tell what was asked and answered, for a failure that comes once in a thousand runs."""

    inner: httpx.BaseTransport
    told: list[str] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> Reply:
        asked, began = request.read()[:300], time.monotonic()
        answer = self.inner.handle_request(request)
        took = time.monotonic() - began
        self.told.append(f"{request.method} {request.url} {asked!r}: {answer.status_code} in {took:.2f} s")
        return answer


@dataclass
class Dated(httpx.BaseTransport):
    """The server's clock is ``off``, as its Date header tells."""

    inner: httpx.BaseTransport
    off: timedelta

    def handle_request(self, request: httpx.Request) -> Reply:
        answer = self.inner.handle_request(request)
        answer.headers["Date"] = email.utils.formatdate(time.time() + self.off.total_seconds(), usegmt=True)
        return answer


@dataclass
class Echo(httpx.BaseTransport):
    """Answers with what it was sent, headers and all, as debugging servers and careless proxies do."""

    status: int
    headers: list[httpx.Headers] = field(default_factory=list)

    def instead(self, request: httpx.Request, _right: Callable[[], Reply]) -> Reply:
        """As a fault."""
        return self.handle_request(request)

    def handle_request(self, request: httpx.Request) -> Reply:
        self.headers.append(request.headers)
        said = f"{request.url} {dict(request.headers)} {request.read().decode('utf-8', 'replace')}"
        return Reply(
            self.status,
            headers={"Location": f"/{quote(said)}"},
            json={"error": {"message": said, "param": said}, "result": said, "data": said},
        )
