"""Whether a person wrote a mail, and if not, what kind of machine did. A reply to a machine makes a loop."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_BOUNCE_SENDER = re.compile(rb"\b(?:mailer-daemon|postmaster)\s*(?:@|>|\Z)|<>", re.IGNORECASE)
_SHORT = 300  # bytes of a From that names one sender; the same ones write again
_AWAY = re.compile(
    r"\s*(?:(?:re|aw|sv)\s*:\s*)?(?:auto(?:matic|mated)?[ -]?(?:reply|response)|out of (?:the )?office|ooo\s*:|"
    r"automatische antwort|abwesenheit|"
    r"r[ée]ponse automatique|absence du bureau|risposta automatica|respuesta autom[áa]tica|automatisch antwoord|"
    r"autosvar|automaattinen vastaus|odpowied[źz] automatyczna|resposta autom[áa]tica)",
    re.IGNORECASE,
)
_LIST_HEADERS = frozenset(
    (b"list-id", b"list-unsubscribe", b"list-post", b"list-help", b"feedback-id", b"x-mailing-list")
)
_REPLIED_HEADERS = frozenset((b"x-autoreply", b"x-autorespond", b"x-auto-reply", b"x-vacation", b"x-mail-autoreply"))

# The headers looked at here: a mailbox read by header has to fetch them.
FIELDS = (
    *("return-path", "auto-submitted", "x-auto-response-suppress", "precedence", "x-failed-recipients"),
    *(name.decode() for name in sorted((*_LIST_HEADERS, *_REPLIED_HEADERS))),
)


def classify(fields: Mapping[bytes, Sequence[bytes]], subject: str) -> str:
    """Why this is no person's mail, "" if it is one.

    One of ``bounce``, ``receipt``, ``auto-replied``, ``auto-generated``, ``list``, ``bulk``. Sources: RFC 3834
    (Auto-Submitted), RFC 3464 (bounces), RFC 2369 and 2919 (lists), MS-OXCMAIL (X-Auto-Response-Suppress).
    """
    content_type = _first(fields, b"content-type").lower()
    report = content_type.lstrip().startswith(b"multipart/report")
    null_path = any(path.strip() == b"<>" for path in fields.get(b"return-path", ()))
    from_daemon = any(
        _is_daemon(value) if len(value) <= _SHORT else _BOUNCE_SENDER.search(value) for value in fields.get(b"from", ())
    )
    submitted = _first(fields, b"auto-submitted").partition(b";")[0].partition(b"(")[0].strip().lower()
    precedence = _first(fields, b"precedence").strip().lower()
    suppress = _first(fields, b"x-auto-response-suppress").lower()
    if report and b"disposition-notification" in content_type:
        return "receipt"
    if (
        (report and b"delivery-status" in content_type)
        or b"x-failed-recipients" in fields
        or (null_path and from_daemon)
    ):
        return "bounce"
    if (
        submitted == b"auto-replied"
        or precedence in {b"auto_reply", b"auto-reply"}
        or not _REPLIED_HEADERS.isdisjoint(fields)
        or _AWAY.match(subject[:200])
    ):
        return "auto-replied"
    if not _LIST_HEADERS.isdisjoint(fields) or precedence == b"list":
        return "list"
    if (
        submitted not in {b"", b"no"}
        or null_path
        or from_daemon
        or any(word in suppress for word in (b"all", b"oof", b"autoreply"))
    ):
        return "auto-generated"
    return "bulk" if precedence in {b"bulk", b"junk"} else ""


@lru_cache(maxsize=4096)
def _is_daemon(sender: bytes) -> bool:
    return _BOUNCE_SENDER.search(sender) is not None


def _first(fields: Mapping[bytes, Sequence[bytes]], name: bytes) -> bytes:
    values = fields.get(name)
    return values[0] if values else b""
