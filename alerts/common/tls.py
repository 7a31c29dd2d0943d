"""Which certificates to trust, and what went wrong on the way. Knows no service."""

from __future__ import annotations

import os
import socket
import ssl


def authorities() -> str | None:
    """Return the file of the certificate authorities to trust instead of the usual ones.

    OpenSSL's own variable, so that an office with an authority of its own sets it once.
    """
    return os.environ.get("SSL_CERT_FILE") or None


def trust() -> ssl.SSLContext:
    """Return a context that verifies certificates and host names."""
    return ssl.create_default_context(cafile=authorities())


def why(error: BaseException) -> str | None:
    """Return one line for an error of the standard library, or None for any other.

    Never the error's own text: that may quote an address with its key.
    """
    match error:
        case ssl.SSLCertVerificationError():
            return "TLS certificate refused"
        case ssl.SSLError():
            return "TLS failure"
        case socket.gaierror():
            return "host name not found"
        case TimeoutError():
            return "no answer in time"
        case OSError() if error.errno:
            return os.strerror(error.errno).lower()
    return None
