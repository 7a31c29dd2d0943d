"""What every connection to a PostgreSQL server asks for, and whether the server has heard it."""

from __future__ import annotations

from sqlalchemy import Connection, text

from monitor.errors import Told

WAIT = 10  # seconds to wait for a lock or a connection before giving up
# A server that is cut off is found to be lost after as many seconds.
LOST_AFTER = {
    "connect_timeout": str(WAIT),
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "2",
    "tcp_user_timeout": "20000",
}
OURS = "freshness"  # how a server knows our connections
# A server lets go of what a client holds that is cut off, or was halted within a transaction.
LETS_GO = (
    "-c idle_in_transaction_session_timeout=20s -c tcp_user_timeout=20s "
    "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2"
)
# However the database or its user is set up, what is exchanged is read and written in one way.
SPEAKS = (
    "-c client_encoding=UTF8 -c DateStyle=ISO -c default_transaction_isolation=read\\ committed"
)
HEARD = "freshness.heard"  # a setting of our own: whoever knows it has heard the others
ASKED = f"{LETS_GO} {SPEAKS} -c {HEARD}=yes"
KEEPS = "UTF8"  # any text there is


def unfit(connection: Connection, name: str) -> Told | None:
    """Return why the database called *name* cannot be worked on by *connection*; None if it can."""
    found = connection.execute(
        text("SELECT current_setting(:heard, true), current_setting('server_encoding')"),
        {"heard": HEARD},
    ).one()
    if found[0] != "yes":
        return Told(
            "{database} is reached by something between that passes on no options, as PgBouncer "
            "does; name PostgreSQL itself (service.database)",
            database=name,
        )
    if found[1] != KEEPS:
        return Told(
            "{database} keeps text as {encoding}, which lacks characters; make it anew from "
            "template0 with the encoding UTF8",
            database=name,
            encoding=found[1],
        )
    return None
