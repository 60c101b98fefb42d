"""Dates of events: "the week before the Gyeongju summit", "since the election".

An event that follows such a word is looked up in the archive: its day is the day on which the
articles about it were published.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from chatbot.language.calendar import Period, month_span
from chatbot.language.periods import TimeMention
from chatbot.language.temporal_patterns import EN, NAMES, any_of
from chatbot.language.temporal_roles import UNIT_SIDE, Role, adjacent_period, open_period
from vectorstore import Archive, Filters, Hit, SearchQuery, question_terms, terms

EventLookup = Callable[[str, int | None], Period | None]
"""From the words of an event ("the Gyeongju summit"), and the month in which it was if that is
told ("the July deal"), to its days; None if it is unknown."""

NOUNS = (
    "summit|election|elections|deal|agreement|accord|pact|ruling|decision|verdict|meeting|talks"
    "|visit|trip|inauguration|order|letter|letters|announcement|hearing|raid|strike|war|shutdown"
    "|proclamation|vote|impeachment|speech|address|conference|ceremony|signing|launch|attack"
    "|crash|earthquake|storm|hurricane|flood|invasion|ceasefire|truce|referendum|budget"
    "|resignation|appointment|nomination|confirmation|arrest|trial|debate|games|olympics|merger"
    "|acquisition|exercise|exercises|drill|drills|test|protest|protests|coup|martial law|pause"
    "|memorandum|fact sheet|state of the union|opening|closure|recall|outbreak|default"
)
NOUNS_KO = "회담|선거|타결|판결|서한|취임|방문|합의|발표|서명"
IS_EVENT = re.compile(rf"\b(?:{NOUNS})\b|(?:{NOUNS_KO})$", re.IGNORECASE)
OF_MONTH = re.compile(
    rf"(?:the )?(?P<month>{any_of(EN['months'])}) (?P<event>(?:[^\W\d]\w* ){{0,3}}?(?:{NOUNS}))\b",
    re.IGNORECASE,
)
"""An event that is told from others of its kind by its month; none whose year is told, too."""
HAPPENED = re.compile(
    r"\b(?:was|were|got|came|took|had been) \w+|\b\w{3,}(?:ed|signed|won|met|fell|began|left)$",
    re.IGNORECASE,
)
AROUND = re.compile(
    r"\b(?:(?:the |a |an )?(?:(?:\w+ )?(?:day|week|month|year)s?|just|shortly|right|immediately) )?"
    r"(?P<side>before|after|since|until|following|preceding|prior to|ahead of|leading up to"
    r"|in the wake of|at the time of|as of|on the (?:day|eve) of|during|known by|by) "
    r"(?P<event>(?:(?!\b(?:what|who|when|where|why|how|which|did|does|do|will|would|had|has"
    r"|have)\b)[\w'’.-]+ ?){1,10})",
    re.IGNORECASE,
)
AROUND_KO = re.compile(
    rf"(?P<event>(?:[\w·]{{1,40}} ){{0,3}}[\w·]{{0,40}}(?:{NOUNS_KO})) ?"
    r"(?P<side>직전|직후|이전|이후|전에|후에|당시|때|전|후)"
)
SIDES: dict[str, Role] = {
    "since": "since", "until": "until", "before": "before", "preceding": "before",
    "prior to": "before", "ahead of": "before", "leading up to": "before",
    "on the eve of": "before", "after": "after", "following": "after", "in the wake of": "after",
    "as of": "as of", "known by": "as of", "직전": "before", "이전": "before", "전에": "before",
    "전": "before", "직후": "after", "이후": "since", "후에": "after", "후": "after",
}  # fmt: skip

EVENT_HITS = 10
"""Passages from whose dates an event's day is taken."""

CLUSTER = 3
"""Days within which articles are about the same happening."""

YEARS = 3
"""The last years of the archive in which an event of a month is looked for."""

EVENT_COVERAGE = 0.6
"""Of the event's words, by rarity, that an article about it has at least."""


def with_event_periods(
    text: str, dates: Sequence[TimeMention], today: date, events: EventLookup
) -> list[TimeMention]:
    """The time mentions of a question, together with those that name an event.

    `events` looks up the day of an event. The month in "the July deal" belongs to its event.
    """
    done, whole = [], list(dates)
    for match in [*AROUND.finditer(text), *AROUND_KO.finditer(text)]:
        if re.search(
            r"\bhow (?:many|much|long|soon)\b[^,;]*$", text[: match.start("side")], re.IGNORECASE
        ):
            continue
        words = match["event"].strip(" .")
        named = [d for d in dates if match.start("event") - 1 <= d.start < match.end()]
        if named and named[0].start <= match.start("event") + 4:
            dated = OF_MONTH.match(words)
            if dated and (period := events(dated["event"], NAMES[dated["month"].casefold()])):
                whole = [d for d in whole if d is not named[0]]
                done.append(_spoken(text, match, period, today))
            continue
        if not (IS_EVENT.search(words) or HAPPENED.search(words)):
            continue
        if period := events(_trimmed(words), None):
            done.append(_spoken(text, match, period, today))
    return whole + done


def _spoken(text: str, match: re.Match[str], period: Period, today: date) -> TimeMention:
    side = match["side"].lower()
    role = SIDES.get(side, "in")
    if re.search(r"\bknown\b", text[: match.end("side")], re.IGNORECASE):
        role = {"before": "as of before"}.get(role, "as of")  # type: ignore[assignment]
    words = f"{match.group().strip()} ({period[0].isoformat()})"
    if lead := UNIT_SIDE.search(text[: match.end("side")] + " "):
        return TimeMention(adjacent_period(lead, period), "in", words, match.start())
    if role == "after":  # what is published on its day is about the event itself
        period = period[0] + timedelta(1), period[1] + timedelta(1)
    return TimeMention(open_period(role, period, today), role, words, match.start())


def _trimmed(words: str) -> str:
    """An event's words up to its own noun or verb, where more of the question follows."""
    if clause := HAPPENED.search(words):
        return words[: clause.end()]
    ends = [m.end() for m in IS_EVENT.finditer(words)]
    return words[: ends[-1]] if ends else words


class ArchiveEvents:
    """Looks up the day of an event by what the archive published about it, within filters."""

    def __init__(self, archive: Archive, filters: Filters) -> None:
        self._archive, self._filters = archive, filters

    def __call__(self, words: str, month: int | None = None) -> Period | None:
        """The day on which most is said in the best cluster of articles about the words."""
        rarity = self._archive.rarity(question_terms(words))
        total = sum(rarity.values())
        weights: dict[date, float] = defaultdict(float)
        for hit in self._archive.search(self._asked(words, month), k=EVENT_HITS):
            if (
                total
                and hit.article.published
                and self._share(hit, rarity) / total >= EVENT_COVERAGE
            ):
                weights[hit.article.published.day] += max(hit.score, 0.0) ** 2
        if not weights:
            return None

        def near(day: date) -> float:
            return sum(w for d, w in weights.items() if 0 <= (d - day).days <= CLUSTER)

        first = max(weights, key=lambda day: (near(day), -day.toordinal()))
        cluster = [day for day in weights if 0 <= (day - first).days <= CLUSTER]
        peak = max(cluster, key=lambda day: (weights[day], -day.toordinal()))
        return peak, peak

    def _asked(self, words: str, month: int | None) -> list[SearchQuery]:
        """The searches for an event; one for each of the last years if its month is told."""
        if month is None:
            return [SearchQuery(text=words, filters=self._filters)]
        newest = self._archive.browse(self._filters, limit=1)
        last = newest[0].published.day.year if newest and newest[0].published else 0
        return [
            SearchQuery(text=words, filters=Filters(since=since, until=until).over(self._filters))
            for year in range(last, last - YEARS, -1)
            if year > 0
            for since, until in [month_span(year, month, 1)]
        ]

    @staticmethod
    def _share(hit: Hit, rarity: dict[str, float]) -> float:
        present = {*terms(hit.text), *terms(hit.article.headline)}
        return sum(weight for term, weight in rarity.items() if term in present)
