"""Which certificates to trust, and what went wrong on the way. Knows no service."""

from __future__ import annotations

import errno
import os
import socket
import ssl

from alerts.told import Cut, Detail

BY_NUMBER = {
    errno.ECONNREFUSED: Cut.NOT_RUNNING,
    errno.ECONNRESET: Cut.CUT_OFF,
    errno.EPIPE: Cut.CUT_OFF,
    errno.ECONNABORTED: Cut.CUT_OFF,
}


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
            return Detail("TLS certificate refused", Cut.CERTIFICATE)
        case ssl.SSLError():
            return Detail("TLS failure", Cut.CERTIFICATE)
        case socket.gaierror():
            return Detail("host name not found", Cut.HOST)
        case TimeoutError():
            return Detail("no answer in time", Cut.SLOW)
        case OSError() if error.errno:
            words = os.strerror(error.errno).lower()
            return Detail(words, BY_NUMBER[error.errno]) if error.errno in BY_NUMBER else words
    return None
