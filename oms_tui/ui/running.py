"""Opening the desk in a terminal, and leaving it with nothing left behind."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Any, Final

from oms_tui.ui import keys as key_list
from oms_tui.ui import theme as themes
from oms_tui.ui.app import DeskApp

if TYPE_CHECKING:
    from collections.abc import Callable

    from oms_tui.config_model import Config
    from oms_tui.store.session import Session

_WORKER_ENDS_SECONDS: Final = 5
_FAULT: Final = 70
"""The exit code of a fault of ours."""

_SWITCH_SECONDS: Final = 0.0005
"""So long the reader's thread may keep drawing waiting, instead of Python's 5 ms: a key goes through three threads."""


def run_desk(config: Config, session: Session, *, worker: Callable[[], Any] | None = None) -> int:
    """Open the desk and stay until it is left; returns the exit code.

    Args:
        config: the desk's config.
        session: who works there.
        worker: starts the sync worker after the first frame and returns its process, which ends with the desk.

    Raises:
        ConfigError: [keys] or the theme cannot be used; nothing was drawn yet.
    """
    key_map = None
    if config.keys:
        from oms_tui.actions.catalogue import all_actions

        key_map = key_list.checked(config, all_actions())
    try:
        app = DeskApp(config, session, keys=key_map, worker=worker)
    except themes.ThemeError as error:
        from oms_tui.config_errors import ConfigError

        document = config.document.again()
        document.wrong(("ui", "theme"), str(error))
        raise ConfigError(document.take_mistakes()) from None
    # Nothing made while starting is ever garbage; looking for some costs a tenth of the first frame.
    gc.disable()
    app.first_frame_done = _collect_again
    sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        result = app.run(mouse=config.ui.mouse)
    finally:
        gc.enable()
        if app.child is not None:
            _end(app.child)
    return _FAULT if app.return_code else result or 0


def _collect_again() -> None:
    """Look for garbage from now on, and never again among what is there: modules, classes, style sheets."""
    gc.freeze()
    gc.enable()


def _end(child: Any) -> None:
    """Ask the worker to end: it commits what it has and lets go of its lease."""
    from subprocess import TimeoutExpired

    child.terminate()
    try:
        child.wait(_WORKER_ENDS_SECONDS)
    except TimeoutExpired:
        child.kill()
        child.wait()
