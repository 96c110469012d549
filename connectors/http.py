"""HTTP for connectors, and the only module that knows which library does it.

Reads are retried, writes never are: a write that may have arrived and was not answered is OutcomeUnknown.
"""

from __future__ import annotations

import importlib.metadata
import logging
import ssl
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx
import stamina

from connectors.answer import Answer
from connectors.errors import (
    CertificateRejected,
    ConnectorError,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    Rejected,
    Temporary,
)
from connectors.rate import TokenBucket
from connectors.redact import Redactor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connectors.base import Account

# httpx writes each URL to its log at INFO, with whatever the query holds; stamina warns of each retry, on the terminal
# of whoever has no log. What failed in the end is told by us.
for _chatty, _level in (("httpx", logging.WARNING), ("httpcore", logging.WARNING), ("stamina", logging.ERROR)):
    logging.getLogger(_chatty).setLevel(_level)

_TIMEOUT = httpx.Timeout(connect=10, read=30, write=30, pool=10)
_DEADLINE = 120.0  # seconds for a whole answer: a server that drips a byte a second never trips a read timeout
_MAX_BODY = 64 * 1024 * 1024
_NOTHING_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_HOPS = 5
_ATTEMPTS = 3
_LONGEST_RETRY_WAIT = 10.0  # seconds; what asks for more is left to the schedule, so that the thread is not asleep


class HttpApi:
    """One system's HTTP interface: base address, credentials, limits. Making one does no I/O.

    Args:
        account: gives the name for messages; its option ``transport`` replaces the network, ``clock`` the time.
        base_url: ``http://`` or ``https://``; paths are appended to it.
        headers: sent with every call; their values count as secrets where the name says so.
        auth: user and password for HTTP Basic.
        redact: secrets that must not appear in an error.
        ca_file: an authority to trust besides the usual ones. Verification cannot be switched off.
        per_second: calls a second the system allows; None: as it comes.
        burst: calls it allows at once.
    """

    def __init__(
        self,
        account: Account,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        redact: Sequence[str] = (),
        ca_file: str = "",
        per_second: float | None = None,
        burst: int = 1,
    ) -> None:
        if _split(base_url).scheme not in {"http", "https"} or not _split(base_url).hostname:
            raise Rejected(f"{account.name}: {base_url!r} is no http:// or https:// address", field="url")
        self.name = account.name
        self.base_url = base_url.rstrip("/")
        self.clock_skew: timedelta | None = None
        self.redactor = Redactor(*redact)
        self._headers = {"User-Agent": _user_agent(), "Accept": "application/json", **(headers or {})}
        for name, value in self._headers.items():
            if not (value.isascii() and value.isprintable()):
                raise Rejected(
                    f"{account.name}: the key holds characters that no key has; was it copied whole?", field=name
                )
            if "auth" in name.lower() or "key" in name.lower() or "token" in name.lower():
                self.redactor.add(value)
                self.redactor.add(value.partition(" ")[2])
        if auth is not None:
            self.redactor.add_basic(*auth)
        self._auth = auth
        self._ca_file = ca_file
        self._transport: httpx.BaseTransport | None = account.options.get("transport")
        self._clock = account.options.get("clock") or (lambda: datetime.now(UTC))
        self._bucket = TokenBucket(per_second, burst) if per_second else None
        self._client: httpx.Client | None = None

    def __repr__(self) -> str:
        return f"HttpApi({self.name!r}, {_split(self.base_url).hostname!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of connections. May be called twice; the next call opens them again."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def get(
        self, path: str, params: Mapping[str, Any] | None = None, *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Read, trying again where that may help.

        Raises:
            ConnectorError: any of the family but Conflict and OutcomeUnknown.
        """
        return self._read("GET", path, headers=headers, params=params)

    def post(
        self,
        path: str,
        *,
        json: Any = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
        safe: bool = False,
    ) -> Answer:
        """Write, once. With ``safe`` it is a read by POST (JSON-RPC, GraphQL) and is treated like ``get``.

        Raises:
            Temporary: nothing was sent.
            OutcomeUnknown: it may have been done.
            ConnectorError: the others of the family: it was not done.
        """
        extra = dict(headers or {})
        if idempotency_key is not None:
            extra["Idempotency-Key"] = idempotency_key
        call = self._read if safe else self._write
        return call("POST", path, headers=extra, json=json, data=data)

    def json(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """The parsed body of ``get``; half a document is asked for again like any other failed read."""
        return self._read("GET", path, params=params, parse=True).json()

    def _read(self, method: str, path: str, *, parse: bool = False, **request: Any) -> Answer:
        for attempt in stamina.retry_context(
            on=self._wait_before_retry,
            attempts=_ATTEMPTS,
            timeout=_DEADLINE,
            wait_initial=0.5,
            wait_max=8.0,
            wait_jitter=0.5,
        ):
            with attempt:
                answer = self._once(method, path, safe=True, **request)
                if parse:
                    answer.json()
                return answer
        raise AssertionError("stamina leaves its loop by return or raise")

    def _write(self, method: str, path: str, **request: Any) -> Answer:
        return self._once(method, path, safe=False, **request)

    def _wait_before_retry(self, error: Exception) -> bool | float:
        """What the server asked for, else stamina's backoff; long waits are the schedule's business."""
        if isinstance(error, RateLimited):
            seconds = (error.until - self._clock()).total_seconds()
            return max(seconds, 0.0) if seconds <= _LONGEST_RETRY_WAIT else False
        return isinstance(error, Temporary)

    def _once(self, method: str, path: str, *, safe: bool, **request: Any) -> Answer:
        url = path if _split(path).scheme else f"{self.base_url}/{path.lstrip('/')}"
        what = self._name_call(method, url)
        self._refuse_other_host(url, what)
        for _ in range(_HOPS):
            answer = self._send(method, url, what, safe=safe, **request)
            location = answer.headers.get("location", "")
            if not (safe and answer.status in {301, 302, 303, 307, 308} and location):
                error = answer.error()
                if error is not None:
                    raise error
                return answer
            url = _join(url, location)
            self._refuse_other_host(url, what)
            request.pop("params", None)  # the new address brings its own query
        raise ProtocolError(f"{what} was sent from one address to the next {_HOPS} times and never arrived")

    def _send(self, method: str, url: str, what: str, *, safe: bool, **request: Any) -> Answer:
        """One request, one answer; the library's errors become ours, without the request they carry."""
        client = self._connected()
        if self._bucket is not None:
            self._bucket.take()
        started = time.monotonic()
        try:
            with client.stream(method, url, **request) as response:
                body = _whole_body(response, what, started, safe=safe)
        except httpx.HTTPError as error:
            raise self._family(error, what, safe=safe) from None
        except httpx.InvalidURL as error:
            raise ProtocolError(f"{what}: {self._words(error)}") from None
        answer = Answer(
            status=response.status_code,
            headers={name.lower(): value for name, value in response.headers.items()},
            body=body,
            what=what,
            safe=safe,
            received_at=self._clock(),
            redactor=self.redactor,
        )
        self.clock_skew = answer.clock_skew if answer.clock_skew is not None else self.clock_skew
        return answer

    def _family(self, error: httpx.HTTPError, what: str, *, safe: bool) -> ConnectorError:
        """The error of our family: it matters whether the request can have arrived."""
        words = self._words(error)
        if _is_certificate(error):
            return CertificateRejected(f"{what}: {words}")
        if isinstance(error, _NOTHING_SENT):
            return Temporary(f"{what}: cannot connect: {words}")
        if isinstance(error, httpx.UnsupportedProtocol):
            return ProtocolError(f"{what}: {words}")
        if isinstance(error, httpx.DecodingError):
            return (ProtocolError if safe else OutcomeUnknown)(f"{what}: the body cannot be unpacked: {words}")
        lost = Temporary if safe else OutcomeUnknown
        if isinstance(error, httpx.TimeoutException):
            return lost(f"{what}: no answer in time: {words}")
        return lost(f"{what}: the connection broke: {words}")

    def _connected(self) -> httpx.Client:
        if self._client is None:
            self._client = httpx.Client(
                headers=self._headers,
                auth=self._auth,
                timeout=_TIMEOUT,
                transport=self._transport,
                verify=self._trust() if self._transport is None else True,
                follow_redirects=False,
            )
        return self._client

    def _trust(self) -> ssl.SSLContext:
        context = httpx.create_ssl_context()
        if self._ca_file:
            try:
                context.load_verify_locations(cafile=self._ca_file)
            except (OSError, ssl.SSLError) as error:
                raise CertificateRejected(
                    f"{self.name}: no certificate can be read from ca_file {self._ca_file}: {error.strerror or error}"
                ) from None
        return context

    def _refuse_other_host(self, url: str, what: str) -> None:
        """Credentials go to the host in the config and nowhere else, and never from https down to http."""
        ours, theirs = _split(self.base_url), _split(url)
        upgraded = (ours.scheme, theirs.scheme) == ("http", "https") and ours.hostname == theirs.hostname
        if upgraded or (ours.scheme, ours.netloc) == (theirs.scheme, theirs.netloc):
            return
        there = self.redactor.excerpt(f"{theirs.scheme}://{theirs.hostname}")
        raise ProtocolError(
            f"{what} points to another host, {there}; it was not followed", hint="put the right `url` into the config"
        )

    def _name_call(self, method: str, url: str) -> str:
        parts = _split(url)
        return f"{self.name}: {method} {self.redactor.excerpt(f'{parts.hostname}{parts.path}')}"

    def _words(self, error: Exception) -> str:
        return self.redactor.excerpt(str(error)) or type(error).__name__


def _whole_body(response: httpx.Response, what: str, started: float, *, safe: bool) -> bytes:
    """The unpacked body, unless it is too long or too slow in coming."""
    received = bytearray()
    for chunk in response.iter_bytes():
        received += chunk
        if len(received) > _MAX_BODY:
            raise (ProtocolError if safe else OutcomeUnknown)(f"{what} answered with more than {_MAX_BODY >> 20} MiB")
        if time.monotonic() - started > _DEADLINE:
            raise (Temporary if safe else OutcomeUnknown)(f"{what}: no whole answer within {_DEADLINE:.0f} s")
    return bytes(received)


def _is_certificate(error: BaseException) -> bool:
    """Whether the certificate was at fault: httpx wraps the ssl error twice."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return True
        cause = cause.__cause__ or cause.__context__
    return "CERTIFICATE_VERIFY_FAILED" in str(error)


def _split(url: str) -> SplitResult:
    """The parts of an address; empty ones where it is none."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it is the check
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts


def _join(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return location


def _user_agent() -> str:
    try:
        return f"oms-tui/{importlib.metadata.version('oms-tui')}"
    except importlib.metadata.PackageNotFoundError:  # run from a checkout that was never installed
        return "oms-tui"
