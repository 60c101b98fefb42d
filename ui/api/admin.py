"""What editors and operators look at: feedback, the audit log, the state of the archive."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from ui.api.errors import admit
from ui.api.service import Service
from ui.api.strict import known_parameters
from ui.operations.access import Access
from ui.store import Role
from ui.store.snapshot import Json
from vectorstore.health import examine, worst


def admin_router(service: Service, access: Access) -> APIRouter:
    """`/feedback` for editors; `/audit` and `/doctor` for operators."""
    router = APIRouter(tags=["overseeing"])

    def needs(role: Role) -> Any:
        def check(request: Request) -> None:
            admit(access, request.scope, role)

        return Depends(check)

    def dependencies(role: Role) -> list[Any]:
        return [needs(role), Depends(known_parameters)]

    @router.get("/feedback", dependencies=dependencies(Role.editor))
    def feedback() -> list[Json]:
        """What readers said of answers, with question, answer and what was cited, oldest first.
        Needs the role editor."""
        return [asdict(given) for given in access.store.given()]

    @router.get("/audit", dependencies=dependencies(Role.operator))
    def audit(
        since: Annotated[datetime | None, Query(description="A day, or a moment.")] = None,
        limit: Annotated[int, Query(ge=1, le=10_000)] = 1_000,
    ) -> list[Json]:
        """What editors and operators did, oldest first. Needs the role operator."""
        if since is not None and since.tzinfo is None:
            since = since.astimezone()
        return [deed_json(deed) for deed in access.store.deeds(since, limit)]

    @router.get("/doctor", dependencies=dependencies(Role.operator))
    def doctor() -> Json:
        """What `dateline doctor --quick --json` says of the archive. Needs the role operator."""
        found = list(examine(service.archive.place, quick=True))
        return {"state": worst(found), "findings": [asdict(one) for one in found]}

    return router


def deed_json(deed: Any) -> Json:
    """A deed as JSON values."""
    row: Json = asdict(deed)
    return row | {"time": deed.time.isoformat(timespec="seconds")}
