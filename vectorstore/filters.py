"""What a search may return: days, outlets, languages, and what newsrooms filed an article under."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a search may return; given values win over what a question says.

    `since` and `until` are days, both inclusive, in the source's own time zone; articles
    without a date are then left out. `as_of` leaves out what was published after that
    day, and keeps articles without a date. `outlets` are exact names, `languages` codes
    like "en", `articles` ids. `subjects` and `places` are names that newsrooms gave, whatever
    their letter case.
    """

    since: date | None = None
    until: date | None = None
    as_of: date | None = None
    outlets: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, f.name) for f in fields(self))

    def over(self, other: Filters) -> Filters:
        """These filters, and the other's where these have none of a kind."""
        names = (f.name for f in fields(self))
        return Filters(**{n: getattr(self, n) or getattr(other, n) for n in names})

    def admits(self, day: date | None, outlet: str, language: str = "", article: str = "") -> bool:
        """Whether an article of this published day, outlet, language and id may be returned.

        Subjects and places are not looked at: the ledger knows them.
        """
        if self.articles and article not in self.articles:
            return False
        if self.outlets and outlet not in self.outlets:
            return False
        if self.languages and language not in self.languages:
            return False
        if day is None:
            return self.since is None and self.until is None
        return (
            (self.since is None or day >= self.since)
            and (self.until is None or day <= self.until)
            and (self.as_of is None or day <= self.as_of)
        )
