"""An HTTP answer as connectors see it, and what each status means in our family of errors."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from connectors.errors import (
    AuthExpired,
    Conflict,
    ConnectorError,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    Rejected,
    Temporary,
)
from connectors.retry_after import http_date, wait_until

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from connectors.redact import Redactor

_SUCCESS = range(200, 300)
_REFUSALS = range(400, 500)
_TOO_MANY = 429
_UNAVAILABLE = 503
_TEMPORARY = frozenset({408, 421, 425})  # the same request may well succeed in a moment
_MEANING: Mapping[int, type[ConnectorError]] = {
    401: AuthExpired,
    403: Forbidden,
    451: Forbidden,
    404: NotFound,
    410: NotFound,
    409: Conflict,
    412: Conflict,
    **dict.fromkeys((405, 406, 415), ProtocolError),  # what is there is not the API we speak
}


@dataclass(frozen=True)
class Answer:
    """One answer. ``what`` names the call for people ("shop: GET /orders"); ``headers`` has lower-case names.

    ``safe`` says that the call changed nothing on the other side (RFC 9110 9.2.1), so that it may be repeated.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    what: str
    safe: bool
    received_at: datetime
    redactor: Redactor = field(repr=False)

    @property
    def clock_skew(self) -> timedelta | None:
        """How far the server's clock is ahead of ours (negative: behind); None without a Date header."""
        theirs = http_date(self.headers.get("date", ""))
        return None if theirs is None else theirs - self.received_at

    def text(self) -> str:
        """The body as UTF-8 text."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The parsed body.

        Raises:
            ProtocolError: a page, junk or half a document came instead.
            OutcomeUnknown: the same, after a write that was said to have succeeded.
        """
        try:
            return json.loads(self.body, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            words = f"{self.what} answered {self.status} with something that is no JSON: {self.excerpt()}"
            raise (ProtocolError if self.safe else OutcomeUnknown)(words) from None

    def excerpt(self) -> str:
        """The start of the body in one safe line."""
        return self.redactor.excerpt(self.body) or "an empty body"

    def error(self) -> ConnectorError | None:
        """The error that this status stands for; None for a success."""
        status = self.status
        if status in _SUCCESS:
            return None
        words, field_name = self._reason()
        said = f"{self.what} answered {status}: {words}"
        if status == _TOO_MANY or (status == _UNAVAILABLE and self.safe and "retry-after" in self.headers):
            return RateLimited(said, until=wait_until(self.headers, self._parsed(), now=self.received_at))
        if status not in _REFUSALS or status in _TEMPORARY:
            # WooCommerce answers 500 to a refund it has refused, others to one they made: after a write, nobody knows.
            doubt = Temporary if status >= _REFUSALS.start else ProtocolError
            return doubt(said) if self.safe else OutcomeUnknown(said)
        kind = _MEANING.get(status)
        return Rejected(said, field=field_name) if kind is None else kind(said)

    def _parsed(self) -> Any:
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def _reason(self) -> tuple[str, str]:
        """The system's own words and the field it names, from the usual shapes of an error body."""
        words, field_name = _words(self._parsed())
        return (self.redactor.excerpt(words) if words else self.excerpt()), self.redactor.excerpt(field_name)


def _refuse_constant(name: str) -> Any:
    """NaN and Infinity are no JSON (RFC 8259 6): an amount that is one is a broken answer."""
    raise ValueError(name)


def _words(document: Any) -> tuple[str, str]:
    """(message, field) of ``{"error": {"message", "param"}}``, ``{"message"}``, ``{"errors": [...]}`` and their kin."""
    if isinstance(document, list) and document:
        return _words(document[0])
    if not isinstance(document, dict):
        return (document, "") if isinstance(document, str) else ("", "")
    field_name = next((str(document[key]) for key in ("field", "param") if isinstance(document.get(key), str)), "")
    for key in ("message", "detail", "error_description", "error", "errors"):
        inner = document.get(key)
        if isinstance(inner, str) and inner:
            return inner, field_name or _words(document.get("errors"))[1]
        if isinstance(inner, (dict, list)) and inner:
            words, inner_field = _words(inner)
            if words:
                return words, inner_field or field_name
    return "", field_name
