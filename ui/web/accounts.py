"""The operator's view of who may do what, as HTML: users and tokens, and what changes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from ui.operations.access import Caller
from ui.store import Role, Token, User
from ui.web.health import wide_html
from ui.wording.text import esc
from ui.wording.words import Words

DAYS = 90
"""Days after which a token ends, unless another number is given."""


def access_html(  # noqa: PLR0913
    users: Sequence[User],
    tokens: Sequence[Token],
    w: Words,
    now: datetime,
    *,
    caller: Caller,
    seen: Mapping[str, datetime],
    named: Sequence[str] = (),
) -> str:
    """Users and tokens. `seen` is when each user was last seen; `named` are the operators whom a
    setting names, who can be changed only there."""
    rows = "".join(_user_html(one, w, now, caller=caller, seen=seen) for one in users)
    heads = (w("user_name"), w("user_role"), w("user_seen"), _hidden(w("user_change")))
    known = _table(heads, rows, w("users")) if rows else _quiet(w("users_none"))
    setting = _quiet(w("users_by_setting", names=", ".join(map(esc, named)))) if named else ""
    made = "".join(_token_html(one, w, now) for one in tokens)
    heads = (w("token_name"), w("user_role"), w("token_state"), w("token_used"))
    programs = _table((*heads, _hidden(w("token_revoke"))), made, w("tokens"))
    return (
        f'<h1 class="dl-view-title" tabindex="-1">{w("view_access")}</h1>'
        f"{_quiet(w('access_note'))}"
        '<div class="dl-once" role="status"></div><div class="dl-accounts">'
        f'<h2 class="dl-view-head">{w("users")}</h2><div data-known>{known}{setting}</div>'
        f'{_add_user_html(w)}<h2 class="dl-view-head">{w("tokens")}</h2>'
        f"<div data-known>{programs if made else _quiet(w('tokens_none'))}</div>"
        f"{_add_token_html(w)}</div>"
    )


def _user_html(
    one: User, w: Words, now: datetime, *, caller: Caller, seen: Mapping[str, datetime]
) -> str:
    """A user; oneself can be neither removed nor given another role, so that an operator stays."""
    name = esc(one.name)
    last = w.ago(seen[one.name], now) if one.name in seen else w("user_never")
    own = caller.way == "login" and caller.name == one.name
    role = w(f"role_{one.role}")
    if not own:
        label = w("user_role_of", name=name)
        chosen = _roles_html(w, one.role, label)
        role = _form("users/change", chosen, w("user_role_set"), {"name": name})
    acts = _form("users/password", "", w("user_password"), {"name": name}, sure=w("user_sure"))
    if not own:
        acts += _form("users/remove", "", w("user_remove"), {"name": name}, sure=w("user_gone"))
    you = f" ({w('user_you')})" if own else ""
    return (
        f'<tr><th scope="row">{name}{you}</th><td>{role}</td>{_cell(last, w("user_seen"))}'
        f'<td class="dl-acts">{acts}</td></tr>'
    )


def _token_html(one: Token, w: Words, now: datetime) -> str:
    state = one.state(now)
    until = w("token_until", day=w.day(one.expires.date())) if one.expires else w("token_endless")
    shown = until if state == "valid" else w(f"token_{state}")
    end = ""
    if state == "valid":
        end = _form("tokens/revoke", "", w("token_revoke"), {"id": one.id}, sure=w("token_gone"))
    return (
        f'<tr><th scope="row">{esc(one.name)}<br><span class="dl-path">{one.id}</span></th>'
        f"<td>{w(f'role_{one.role}')}</td>{_cell(shown, w('token_state'))}"
        f"{_cell(esc(one.used) or w('user_never'), w('token_used'))}"
        f'<td class="dl-acts">{end}</td></tr>'
    )


def _add_user_html(w: Words) -> str:
    fields = (
        f'<label>{w("user_name")}<input name="name" required maxlength="200" autocomplete="off">'
        f"</label><label>{w('user_role')}{_roles_html(w, Role.reader)}</label>"
    )
    return _add_form("users/add", fields, w("user_add"))


def _add_token_html(w: Words) -> str:
    fields = (
        f'<label>{w("token_for")}<input name="name" required maxlength="200" autocomplete="off">'
        f"</label><label>{w('user_role')}{_roles_html(w, Role.reader)}</label>"
        f'<label>{w("token_days")}<input name="days" type="number" min="1" max="3650" '
        f'value="{DAYS}"></label>'
    )
    return _add_form("tokens/add", fields, w("token_add")) + _quiet(w("token_days_note"))


def _roles_html(w: Words, held: Role, label: str = "") -> str:
    options = "".join(
        f'<option value="{role}"{" selected" if role is held else ""}>{w(f"role_{role}")}</option>'
        for role in Role
    )
    named = f' aria-label="{label}"' if label else ""
    return f'<select name="role"{named}>{options}</select>'


def _form(verb: str, fields: str, label: str, values: Mapping[str, str], *, sure: str = "") -> str:
    """A form of one button, which asks again first where there is something to be `sure` of."""
    hidden = "".join(f'<input type="hidden" name="{k}" value="{v}">' for k, v in values.items())
    asked = f' data-sure="{sure}"' if sure else ""
    about = ", ".join(values.values())
    return (
        f'<form class="dl-deed" method="post" action="/operate/{verb}"{asked}>{hidden}{fields}'
        f'<button type="submit" class="dl-plain" aria-label="{label}: {about}">{label}</button>'
        "</form>"
    )


def _add_form(verb: str, fields: str, label: str) -> str:
    return (
        f'<form class="dl-deed dl-form dl-narrow" method="post" action="/operate/{verb}">{fields}'
        f'<button type="submit" class="dl-solid">{label}</button></form>'
    )


def _table(heads: Sequence[str], rows: str, label: str) -> str:
    head = "".join(f'<th scope="col">{one}</th>' for one in heads)
    return wide_html(f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>", label)


def _cell(text: str, label: str) -> str:
    """A cell that can be told without the head of its column, which a phone has no room for."""
    return f'<td data-label="{label}">{text}</td>'


def _hidden(text: str) -> str:
    return f'<span class="dl-sr">{text}</span>'


def _quiet(text: str) -> str:
    return f'<p class="dl-quiet">{text}</p>'
