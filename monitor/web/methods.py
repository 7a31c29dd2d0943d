"""Which methods an address answers: whoever sends another one is told (RFC 9110, 15.5.6)."""

from __future__ import annotations

from fastapi import FastAPI, Request
from starlette.routing import Match


def allowed(app: FastAPI, request: Request) -> dict[str, str]:
    """Return the header that names the methods which *app* answers at the address of *request*."""
    there = [r for r in app.router.routes if r.matches(request.scope)[0] is not Match.NONE]
    methods = {method for route in there for method in getattr(route, "methods", None) or ()}
    return {"Allow": ", ".join(sorted(methods))}
