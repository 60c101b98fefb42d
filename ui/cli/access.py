"""`dateline users …`, `tokens …`, `password`, `audit`, `feedback`: who may do what, who did what,
and what readers say."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from ui.cli.shared import ArchiveOption, AsJson, RoleName, open_store, print_json, record_deed

users = typer.Typer(help="Who may log in, as what: reader, editor, operator.", no_args_is_help=True)
tokens = typer.Typer(help="Tokens for programs, each with a role and an end.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(show_default=False)]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]
RoleOption = Annotated[RoleName, typer.Option("--role", help="What it may do.")]
DAYS = 90


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


@users.command("add")
def add_user(
    name: Name,
    role: RoleOption = RoleName.reader,
    password_stdin: FromStdin = False,
    archive: ArchiveOption = None,
) -> None:
    """Let somebody log in. The first one ends that everybody on this machine is an operator."""
    from ui.console import output as console
    from ui.store import role_of

    with open_store(archive) as store:
        store.add_user(name, role_of(role), _password(password_stdin))
        record_deed(store, "user added", f"{name}: {role}")
    console.out.print(f"{name} may log in as {role}, at /login.", markup=False)


@users.command("list")
def list_users(archive: ArchiveOption = None, as_json: AsJson = False) -> None:
    """Show who may log in; those of DATELINE_LOGIN are not among them."""
    from ui.console import output as console

    with open_store(archive) as store:
        found = store.users()
    if as_json:
        rows = [
            {"name": one.name, "role": one.role, "created": one.created, "changed": one.changed}
            for one in found
        ]
        print_json(rows)
    elif found:
        rows_ = [(one.name, one.role, console.moment_text(one.changed)) for one in found]
        console.show_table(("name", "role", "changed"), rows_)
    else:
        console.out.print("Nobody yet: dateline users add NAME --role operator")


@users.command("change")
def change_user(
    name: Name,
    role: Annotated[
        RoleName | None, typer.Option("--role", help="What they may do.", show_default=False)
    ] = None,
    password: Annotated[bool, typer.Option("--password", help="Ask for a new password.")] = False,
    password_stdin: FromStdin = False,
    archive: ArchiveOption = None,
) -> None:
    """Give somebody another role, or a new password, which ends their logins."""
    from ui.console import output as console
    from ui.store import role_of
    from vectorstore import InputError

    new = _password(password_stdin) if password or password_stdin else ""
    if role is None and not new:
        raise InputError("say what to change: --role ROLE, --password, or both")
    with open_store(archive) as store:
        store.change_user(name, role=role_of(role) if role else None, password=new)
        what = ", ".join(filter(None, (role or "", "password" if new else "")))
        record_deed(store, "user changed", f"{name}: {what}")
    console.out.print(f"Changed for {name}: {what}.", markup=False)


@users.command("remove")
def remove_user(name: Name, archive: ArchiveOption = None) -> None:
    """Let somebody log in no more; what they kept stays until it is forgotten."""
    from ui.console import output as console

    with open_store(archive) as store:
        store.remove_user(name)
        record_deed(store, "user removed", name)
        last = not store.has_users()
    console.out.print(f"{name} cannot log in any more.", markup=False)
    if last:
        console.out.print(
            "Nobody is left: unless DATELINE_LOGIN is set, whoever reaches a page that serves its "
            "own machine only operates it from the next start on."
        )


@tokens.command("add")
def add_token(
    name: Annotated[str, typer.Argument(help="What it is for.", show_default=False)],
    role: RoleOption = RoleName.reader,
    days: Annotated[int, typer.Option(min=1, max=3650, help="After how many it ends.")] = DAYS,
    no_expiry: Annotated[bool, typer.Option("--no-expiry", help="It does not end.")] = False,
    archive: ArchiveOption = None,
) -> None:
    """Make a token, and show it: this once, as only its hash is kept."""
    from ui.store import role_of

    expires = None if no_expiry else datetime.now(UTC) + timedelta(days=days)
    with open_store(archive) as store:
        id_, token = store.add_token(name, role_of(role), expires)
        record_deed(store, "token made", f"{id_} {name}: {role}")
    until = f"until {expires:%Y-%m-%d}" if expires else "without end"
    sys.stderr.write(
        f"Token {id_} ({role}, {until}); it is not shown again. Programs send it as\n"
        "Authorization: Bearer TOKEN. Whoever sends none may ask as before, unless\n"
        "DATELINE_ANONYMOUS=off or DATELINE_API_TOKEN is set.\n"
    )
    typer.echo(token)


@tokens.command("list")
def list_tokens(archive: ArchiveOption = None, as_json: AsJson = False) -> None:
    """Show which tokens there are, what each may do, until when, and when it was last used."""
    from ui.console import output as console

    with open_store(archive) as store:
        found = store.tokens()
    names = ("id", "name", "role", "state", "expires", "used")
    rows = [
        (one.id, one.name, one.role, one.state(), one.expires and one.expires.date(), one.used)
        for one in found
    ]
    if as_json:
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    elif rows:
        console.show_table(names, [[value or "–" for value in row] for row in rows])
    else:
        console.out.print("None yet: dateline tokens add NAME")


@tokens.command("revoke")
def revoke_token(
    token_id: Annotated[str, typer.Argument(metavar="ID", show_default=False)],
    archive: ArchiveOption = None,
) -> None:
    """End a token, at once."""
    from ui.console import output as console

    with open_store(archive) as store:
        gone = store.revoke_token(token_id)
        record_deed(store, "token revoked", f"{gone.id} {gone.name}")
    console.out.print(f"{gone.id} ({gone.name}) is refused from now on.", markup=False)


def audit(
    since: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="From this day, or moment, on.", show_default=False),
    ] = None,
    count: Annotated[int, typer.Option("-n", min=1, help="How many, the newest.")] = 1_000,
    as_json: AsJson = False,
    archive: ArchiveOption = None,
) -> None:
    """Show what editors and operators did, oldest first: when, who, what, on what, by which
    request. Deeds are kept for 400 days (DATELINE_AUDIT_DAYS), 30 at least."""
    from ui.console import output as console

    with open_store(archive) as store:
        found = store.deeds(_moment(since), count)
    if as_json:
        from ui.api.admin import deed_json

        print_json([deed_json(one) for one in found])
    elif found:
        rows = [
            (console.moment_text(d.time), d.actor, d.way, d.role, d.deed, d.target, d.request)
            for d in found
        ]
        console.show_table(("time", "who", "by", "role", "did", "on", "request"), rows)
    else:
        console.out.print("No deeds.")


def feedback(
    as_csv: Annotated[bool, typer.Option("--csv", help="A table for a spreadsheet.")] = False,
    archive: ArchiveOption = None,
) -> None:
    """Print what readers said of answers, with question, answer and sources: JSON Lines, or CSV."""
    from ui.store import feedback_csv, feedback_jsonl

    with open_store(archive) as store:
        given = store.given()
    typer.echo(feedback_csv(given) if as_csv else feedback_jsonl(given), nl=False)


def password() -> None:
    """Print the hash of a password, for DATELINE_LOGIN=name:HASH."""
    from ui.store.passwords import hash_password

    typer.echo(hash_password(typer.prompt("Password", hide_input=True, confirmation_prompt=True)))


def _moment(text: str | None) -> datetime | None:
    from vectorstore import InputError

    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"not a day: {text!r}; write it as 2025-07-31") from None
    return found if found.tzinfo else found.astimezone()
