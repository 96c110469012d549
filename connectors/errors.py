"""How a connector fails: one family, each error words for the person who can act.

``str(error)`` never holds a secret, a token or a whole payload: it is shown on the screen and written to the log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class ConnectorError(Exception):
    """Something between us and a system went wrong. ``hint`` says what to do about it."""

    code = "error"
    hint = "check the source's settings in the config"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        if hint:
            self.hint = hint


class AuthExpired(ConnectorError):
    """The credentials are wrong, expired or withdrawn. Never retried in a loop: it locks accounts."""

    code = "auth_expired"
    hint = "check the key or password in the config, then `oms-tui doctor`"


class Forbidden(ConnectorError):
    """The credentials are good but lack a right (``scope``)."""

    code = "forbidden"

    def __init__(self, message: str, *, scope: str = "", hint: str = "") -> None:
        wanted = f"grant the right {scope!r} to this key" if scope else "grant this key more rights"
        super().__init__(message, hint=hint or wanted)
        self.scope = scope


class RateLimited(ConnectorError):
    """The system asks us to wait until ``until`` (aware)."""

    code = "rate_limited"
    hint = "it goes on by itself; a larger `poll` in the config asks less often"

    def __init__(self, message: str, *, until: datetime, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.until = until


class Temporary(ConnectorError):
    """Unreachable, overloaded, timed out on a read: worth another try later."""

    code = "unreachable"
    hint = "it is tried again by itself; check the address in the config and the network if it stays"


class CertificateRejected(ConnectorError):
    """The server's certificate does not prove that it is who we wanted to speak to. Never passed over silently."""

    code = "certificate"
    hint = "renew the server's certificate, or name its authority with `ca_file` in the config"


class NotFound(ConnectorError):
    """The record, folder or path is not there."""

    code = "not_found"
    hint = "check the address and the names in the source's settings"


class Conflict(ConnectorError):
    """The record changed since it was read. Nothing was written."""

    code = "conflict"
    hint = "look at the order again, then decide again"


class Rejected(ConnectorError):
    """The system understood and refused (``field`` names what it did not like)."""

    code = "rejected"

    def __init__(self, message: str, *, field: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint or "correct it and try again")
        self.field = field


class OutcomeUnknown(ConnectorError):
    """A write went out and no answer came back. Settled by ``confirm``, never by sending again."""

    code = "in_doubt"
    hint = "it is being looked up; if that cannot tell, `oms-tui outbox` asks you"


class ProtocolError(ConnectorError):
    """The answer was not what the protocol says: HTML for JSON, half a response, a changed schema."""

    code = "protocol"
    hint = "check that the address in the config is the API's and not a login page"
