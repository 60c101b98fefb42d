"""The interface's words, in each of its languages, from `words.<language>.toml` beside this.

>>> words("ko").count("articles", 3)
'기사 3건'
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any

from ui.wording.text import zone_text
from vectorstore import Dated

LANGUAGES = ("en", "ko")
COOKIE = "dateline-lang"
"""The cookie in which the page keeps the language that a reader chose."""


@dataclass(frozen=True)
class Words:
    """One language's words. What is put into them must be escaped already."""

    lang: str
    table: Mapping[str, Any]

    def __call__(self, key: str, **values: object) -> str:
        """The words of this key with values put in; KeyError if there are none."""
        return str(self.table[key]).format(**values)

    def count(self, key: str, n: int) -> str:
        """`1 article`, `1,234 articles`."""
        forms = self.table["counts"][key]
        return str(forms["one" if n == 1 else "other"]).format(n=f"{n:,}")

    def day(self, day: date) -> str:
        """`31 July 2025`, whatever the process's locale."""
        return self._dated("day_form", day)

    def month(self, day: date) -> str:
        """`July 2025`."""
        return self._dated("month_form", day)

    def weekday(self, day: date) -> str:
        return str(self.table["weekdays"][day.weekday()])

    def dated(self, dated: Dated | None) -> str:
        """A date as its source gave it: a day, or an instant with its own zone; or unknown."""
        if dated is None:
            return self("date_unknown")
        if dated.date_only:
            return self.day(dated.day)
        return self.moment(datetime.fromisoformat(dated.iso))

    def moment(self, value: datetime) -> str:
        """`31 July 2025, 19:08 UTC+9`."""
        return f"{self.day(value.date())}, {value:%H:%M}{zone_text(value.utcoffset())}"

    def ago(self, then: datetime, now: datetime) -> str:
        """`3 hours ago`; what lies ahead by a skewed clock counts as now. Naive means UTC."""
        then = then if then.tzinfo else then.replace(tzinfo=UTC)
        seconds = max(0.0, (now - then).total_seconds())
        for name, size in (("days_ago", 86_400), ("hours_ago", 3_600), ("minutes_ago", 60)):
            if seconds >= size:
                return self.count(name, int(seconds // size))
        return self("just_now")

    def language(self, code: str) -> str:
        """A language's name in this one; its code if it has none here."""
        return str(self.table["languages"].get(code, code or self("language_unknown")))

    def _dated(self, form: str, day: date) -> str:
        month = self.table["months"][day.month - 1]
        return str(self.table[form]).format(day=day.day, month=month, year=day.year)


@lru_cache(maxsize=len(LANGUAGES))
def words(lang: str) -> Words:
    """The words of a language; English for one that Dateline does not speak."""
    known = lang if lang in LANGUAGES else LANGUAGES[0]
    return Words(
        known, tomllib.loads((files("ui.wording") / f"words.{known}.toml").read_text("utf-8"))
    )


def words_for(cookies: Mapping[str, str], accepted: str) -> Words:
    """The words for a request: the reader's choice, else the first language they accept."""
    if (said := cookies.get(COOKIE, "")) in LANGUAGES:
        return words(said)
    for tag in re.findall(r"[A-Za-z]{2,3}", re.sub(r"-[A-Za-z0-9-]+|;[^,]*", "", accepted)):
        if tag.lower() in LANGUAGES:
            return words(tag.lower())
    return words(LANGUAGES[0])
