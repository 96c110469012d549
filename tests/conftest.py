"""Servers that several areas test against, each a plugin of its own under ``servers/``."""

import sys
from pathlib import Path

_HERE = str(Path(__file__).parent)
if _HERE not in sys.path:  # test folders are no packages, plugins are named from here
    sys.path.insert(0, _HERE)

pytest_plugins = ["servers.dovecot", "servers.smtp_loop", "servers.tryton"]
