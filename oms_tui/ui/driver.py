"""Input from the terminal with a quick Escape.

A lone ESC and the beginning of an arrow key are the same byte; only time tells them apart. Textual's driver looks ten
times a second whether that time is over, so Escape takes up to 200 ms. This one looks exactly when it is.
"""

from __future__ import annotations

import os
import selectors
from codecs import getincrementaldecoder
from typing import Final

from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.constants import ESCAPE_DELAY
from textual.drivers.linux_driver import LinuxDriver

_ESCAPE: Final = "\x1b"
_LOOK_SECONDS: Final = 0.25  # between looks whether the desk is being left
_MOST: Final = 4096


class QuickDriver(LinuxDriver):
    """Textual's driver for Linux and macOS, but for the wait after an ESC."""

    def run_input_thread(self) -> None:
        """Read keys until the desk is left."""
        parser = XTermParser()
        decode = getincrementaldecoder("utf-8")().decode
        wait = _LOOK_SECONDS
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                text = decode(os.read(self.fileno, _MOST)) if selector.select(wait) else ""
                for event in (*(parser.feed(text) if text else ()), *parser.tick()):
                    self.process_message(event)
                wait = ESCAPE_DELAY if text.endswith(_ESCAPE) else _LOOK_SECONDS
        try:
            for event in parser.feed(""):
                self.process_message(event)
        except (EOFError, ParseError):
            return  # an escape sequence that never ended
