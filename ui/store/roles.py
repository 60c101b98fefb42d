"""What somebody may do: a reader asks, an editor brings news in, an operator runs the place.

Each role may do what those before it may.
"""

from __future__ import annotations

from enum import StrEnum

from vectorstore import InputError


class Role(StrEnum):
    """A role, the weakest first."""

    reader = "reader"
    """Asks, reads, keeps conversations of their own, exports them, says what they think of them."""
    editor = "editor"
    """Also reads sources, adds them, uploads files, and sees what readers said of answers."""
    operator = "operator"
    """Also sees the audit log and what `doctor` finds, over the network."""

    def covers(self, needed: Role) -> bool:
        """Whether this role may do what needs the other."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


def role_of(text: str) -> Role:
    """A role by its name; raises InputError for what is none."""
    try:
        return Role(text.strip().lower())
    except ValueError:
        raise InputError(f"there is no role {text!r}; there are: {', '.join(Role)}") from None


class Forbidden(Exception):
    """Who asks may not do this: it needs the role `needed`."""

    def __init__(self, needed: Role, held: Role | None = None) -> None:
        self.needed = needed
        yours = f"; yours is {held}" if held else ""
        super().__init__(f"this needs the role {needed}{yours}")
