"""An invented shop to try the desk with: ``make`` writes a folder with its exports, its mail and a config for it all.

Everything is read by the real connectors, and nothing leaves the machine.
"""

from oms_tui.demo.folder import NotADemoError, make

__all__ = ["NotADemoError", "make"]
