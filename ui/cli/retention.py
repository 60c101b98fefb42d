"""`dateline forget`: delete what readers have left long ago."""

from __future__ import annotations

from typing import Annotated

import typer

from ui.cli.shared import ArchiveOption, open_archive, record_deed


def forget(
    days: Annotated[int, typer.Option("--older-than", metavar="DAYS", min=1, show_default=False)],
    archive: ArchiveOption = None,
) -> None:
    """Delete readers' conversations that nobody has gone on with for so many days."""
    from ui.console import output as console
    from ui.operations import retention

    with open_archive(archive) as store:
        gone = retention.forget(store, days)
        record_deed(store, "conversations deleted", f"{gone}, older than {days} days")
    console.out.print(f"{gone} conversations deleted, with their feedback and shares.")
