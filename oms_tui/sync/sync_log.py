"""The worker's log: one file beside the desk, rolled over, without any secret."""

from __future__ import annotations

import logging
from contextlib import contextmanager, suppress
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING, Final

from oms_tui.redaction import RedactingFilter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oms_tui.config_model import Config

_BYTES: Final = 2_000_000
_KEPT: Final = 3
_ROOTS: Final = ("oms_tui", "connectors")


class _SyncLog(RotatingFileHandler):
    """A log that a full disk only makes shorter: what it has no room for is told nowhere else, and stops nothing."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Say nothing: the sources' health and the desk tell of the disk."""

    def close(self) -> None:
        """What was not written yet is dropped where there is no room for it."""
        with suppress(OSError):
            super().close()


@contextmanager
def logging_to(config: Config) -> Iterator[None]:
    """Log to ``sync.log`` in the desk's log folder; without such a folder (a full disk) the work goes on unlogged."""
    handler: logging.Handler
    try:
        config.folders.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = _SyncLog(
            config.folders.logs / "sync.log", maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(RedactingFilter())
    loggers = [logging.getLogger(name) for name in _ROOTS]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.removeHandler(handler)
            logger.setLevel(level)
        handler.close()
