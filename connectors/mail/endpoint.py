"""Where a mail server is and how it is spoken to safely; what a socket's errors mean there."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from connectors.errors import CertificateRejected, ConnectorError, Rejected, Temporary

if TYPE_CHECKING:
    from collections.abc import Mapping

CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
TLS_CHOICES = ("implicit", "starttls", "none")
_LARGEST_PORT = 65_535


@dataclass(frozen=True)
class Endpoint:
    """Host, port and encryption of one service. ``account`` is named in messages."""

    account: str
    host: str
    port: int
    tls: str
    ca_file: str = ""

    @classmethod
    def of(cls, account: str, values: Mapping[str, Any], *, ports: Mapping[str, int], table: str = "") -> Self:
        """The endpoint of a settings table; ``ports`` gives the usual port of each kind of ``tls``.

        Raises:
            Rejected: a setting cannot be used; ``field`` names it. Without encryption only this machine is spoken to.
        """
        host = str(values.get("host") or "").strip()
        tls = str(values.get("tls") or "implicit")
        if not host or not host.isprintable() or " " in host:
            raise Rejected(f"{account}: {host!a} is no name of a mail server", field=f"{table}host")
        if tls not in TLS_CHOICES:
            raise Rejected(f"{account}: tls is {tls!a}; it is one of {', '.join(TLS_CHOICES)}", field=f"{table}tls")
        if tls == "none" and not is_loopback(host):
            raise Rejected(
                f"{account}: without encryption the password would go to {host} for everybody to read",
                field=f"{table}tls",
                hint='set tls = "implicit" or "starttls"; "none" is for servers on this machine (127.0.0.1, localhost)',
            )
        port = int(values.get("port") or ports[tls])
        if not 0 < port <= _LARGEST_PORT:
            raise Rejected(f"{account}: {port} is no port", field=f"{table}port")
        return cls(account, host, port, tls, str(values.get("ca_file") or ""))

    @property
    def where(self) -> str:
        """Account, host and port, as every message about this server begins."""
        return f"{self.account}: {self.host}:{self.port}"

    def context(self) -> ssl.SSLContext:
        """A TLS context that verifies; ``ca_file`` is trusted besides the system's authorities.

        Raises:
            CertificateRejected: ``ca_file`` holds no certificate.
        """
        context = ssl.create_default_context()
        if self.ca_file:
            try:
                context.load_verify_locations(cafile=self.ca_file)
            except (OSError, ssl.SSLError) as error:
                words = error.strerror or error
                raise CertificateRejected(
                    f"{self.account}: no certificate can be read from ca_file {self.ca_file}: {words}",
                    hint="name a file with the authority's certificate in PEM form",
                ) from None
        return context

    def failure(self, error: OSError, doing: str) -> ConnectorError:
        """The error of our family for a socket's error; ``doing`` says what was being done."""
        if isinstance(error, ssl.SSLCertVerificationError):
            return CertificateRejected(f"{self.where}: its certificate is not trusted: {error.verify_message}")
        if isinstance(error, ssl.SSLError):
            return Temporary(
                f"{self.where}: no encrypted connection could be made while {doing}: {error.reason or error}",
                hint='check `tls` and `port`: "implicit" is usual on 993 and 465, "starttls" on 143 and 587',
            )
        if isinstance(error, socket.gaierror):
            return Temporary(f"{self.where}: the name of the server is not known here: {error.strerror}")
        if isinstance(error, TimeoutError):
            return Temporary(
                f"{self.where}: no answer in time while {doing}",
                hint="it is tried again by itself; if it stays, check the network, and `port` and `tls` in the config: "
                "a server that speaks TLS from the start is silent until it is spoken to so",
            )
        return Temporary(f"{self.where}: {error.strerror or error} while {doing}")


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
