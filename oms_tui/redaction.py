"""What this process has fetched as a secret appears in none of its texts: logs, errors, exports of a diagnosis."""

from __future__ import annotations

import logging
from typing import Final

from connectors.redact import Redactor

_KNOWN: Final = Redactor()  # one a process: a secret fetched anywhere is hidden everywhere
_PLAIN: Final = logging.Formatter()


def hide(secret: str) -> None:
    """Keep ``secret`` out of every text from now on, also as a URL, JSON or base64 writes it."""
    _KNOWN.add(secret)
    for line in secret.splitlines():
        _KNOWN.add(line)


def scrub(text: str) -> str:
    """``text`` without any secret this process has fetched."""
    return _KNOWN.clean(text)


class RedactingFilter(logging.Filter):
    """Put on a handler, takes secrets out of all it writes: message, arguments, traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite ``record``; it is always let through."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError, KeyError):  # arguments that do not fit: say so without formatting them
            message = f"{record.msg} (with arguments that do not fit)"
        record.msg, record.args = scrub(message), None
        if record.exc_info and not record.exc_text:
            record.exc_text = _PLAIN.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = scrub(record.exc_text)
        if record.stack_info:
            record.stack_info = scrub(record.stack_info)
        return True
