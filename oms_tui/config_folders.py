"""Where a desk finds its config and keeps its files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from oms_tui.config_model import Folders

if TYPE_CHECKING:
    from collections.abc import Mapping

APP: Final = "oms-tui"
CONFIG_ENV: Final = "OMS_TUI_CONFIG"
DATA_ENV: Final = "OMS_TUI_DATA"
CONFIG_NAME: Final = "config.toml"


def config_path(named: Path | None = None, environment: Mapping[str, str] = os.environ) -> Path:
    """The config file: the one named, else OMS_TUI_CONFIG's, else the user's own. It need not exist.

    A folder stands for the config.toml in it.
    """
    wanted = named or (Path(environment[CONFIG_ENV]) if environment.get(CONFIG_ENV) else None)
    if wanted is None:
        return _default_config()
    wanted = Path(os.path.abspath(wanted.expanduser()))  # noqa: PTH100 - resolve() would follow a link into a store of dotfiles
    return wanted / CONFIG_NAME if wanted.is_dir() else wanted


def folders_for(
    config: Path, *, data: str = "", portable: bool = False, environment: Mapping[str, str] = os.environ
) -> Folders:
    """The folders of the desk whose config is ``config`` (absolute). None is made.

    OMS_TUI_DATA comes first, then ``data`` (relative to the config's folder), then ``portable`` (beside the config).
    Otherwise they are the user's, and a config that is not in the user's config folder gets folders of its own in
    there: two shops must not share a store because somebody passed ``--config``.
    """
    beside = config.parent
    if environment.get(DATA_ENV):
        return _under(beside, Path(os.path.abspath(Path(environment[DATA_ENV]).expanduser())))  # noqa: PTH100 - likewise
    if data:
        return _under(beside, path_in(beside, data))
    if portable:
        return _under(beside, beside / "data")
    from platformdirs import PlatformDirs  # 2 ms that a portable desk does not pay

    dirs = PlatformDirs(APP, appauthor=False)
    own = Path() if config == _default_config() else Path("desks") / _label(config)
    return Folders(beside, dirs.user_data_path / own, dirs.user_cache_path / own, dirs.user_log_path / own)


def path_in(folder: Path, written: str) -> Path:
    """An absolute path of one written in a config: ``~`` is the user's home, a relative one starts in ``folder``."""
    return Path(os.path.normpath(folder / os.path.expanduser(written)))  # noqa: PTH111 - Path's raises for an unknown ~user


def _default_config() -> Path:
    from platformdirs import user_config_path

    return user_config_path(APP, appauthor=False) / CONFIG_NAME


def _under(config: Path, data: Path) -> Folders:
    return Folders(config, data, data / "cache", data / "logs")


def _label(config: Path) -> str:
    """A folder's name for a config elsewhere: readable, and no other config's."""
    from hashlib import sha256

    plain = "".join(char if char.isalnum() or char in "-_" else "-" for char in config.parent.name)[:40]
    return f"{plain or 'desk'}-{sha256(os.fsencode(config)).hexdigest()[:10]}"
