"""Whether sources' settings and tiers' rules of a config were found right before: commands need not load what tells."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final
from zlib import crc32

from oms_tui import __version__

if TYPE_CHECKING:
    from oms_tui.config_model import Config

_NOTE: Final = "config-checked"


def check_once(config: Config, *, sources: bool = True) -> None:
    """Check the sources' settings and the tiers' rules, once for each wording of the file (noted in the cache folder).

    Loading the connectors takes twice as long as finding an order: without ``sources`` only the tiers are looked at,
    and the worker says what is wrong with a source.

    Raises:
        ConfigError: something is wrong; it lists all that is.
    """
    note = config.folders.cache / _NOTE
    wording = f"{__version__} {crc32(config.path.read_bytes()):08x}"
    with suppress(OSError, UnicodeDecodeError):
        if note.read_text("utf-8") == wording:
            return
    from oms_tui.config_tiers import check_tiers

    if not sources:
        check_tiers(config)
        return
    from oms_tui.sources import check_sources

    check_sources(config)
    check_tiers(config)
    with suppress(OSError):
        note.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        note.write_text(wording, "utf-8")
