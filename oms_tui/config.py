"""The config: TOML in, typed values out, every mistake told with its file, line, key and the nearest known key.

One file, and beside it folders of files in the same words, one thing each: ``views/*.toml``, ``rules/*.toml``,
``procedures/*.toml``. Only the standard library is loaded for it, and no connector: what a source's connector declares
is checked by ``oms_tui.sources``, which hands its check in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.config_document import Document
from oms_tui.config_errors import ConfigError, Mistake
from oms_tui.config_folders import config_path
from oms_tui.config_model import Config
from oms_tui.config_reading import Reading

if TYPE_CHECKING:
    from pathlib import Path

    from oms_tui.config_reading import Check

__all__ = ["Config", "ConfigError", "Mistake", "config_path", "load"]


def load(path: Path | None = None, *, check: Check | None = None) -> Config:
    """The config in ``path``, else where ``config_path`` finds it.

    Args:
        path: a config file, or the folder that holds a config.toml.
        check: looks at the sources' own settings too and notes mistakes in the document (``sources.check_settings``);
            without it they are taken as they are, so that the desk starts without loading a connector.

    Raises:
        ConfigError: something is wrong; it lists all that is.
    """
    return Reading(Document(config_path(path))).config(check)
