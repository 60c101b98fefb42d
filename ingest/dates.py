"""Dates as sources write them, made ISO 8601 without adding or losing anything."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from vectorstore import Dated

EARLIEST_YEAR = 1990
LEEWAY = timedelta(days=2)
"""How far ahead of the clock a date may be: time zones, and embargoed copy."""

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun",
            "july jul", "august aug", "september sept sep", "october oct", "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_ZONES = {
    "Z": "+00:00", "UTC": "+00:00", "GMT": "+00:00", "KST": "+09:00", "JST": "+09:00",
    "EST": "-05:00", "EDT": "-04:00", "CST": "-06:00", "CDT": "-05:00", "MST": "-07:00",
    "MDT": "-06:00", "PST": "-08:00", "PDT": "-07:00", "BST": "+01:00", "CET": "+01:00",
    "CEST": "+02:00",
}  # fmt: skip
_WEEKDAY = r"(?:\w{3,9}\.?,? )?"
_MONTH = r"(?P<month>[A-Za-z]{3,9})\.?"
_DAYS = (
    re.compile(r"(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})\.?(?!\d)"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?!\d)"),
    re.compile(r"(?P<y>\d{4})\. (?P<m>\d{1,2})\. (?P<d>\d{1,2})\.?(?!\d)"),
    re.compile(r"(?P<y>\d{4})[년年] ?(?P<m>\d{1,2})[월月] ?(?P<d>\d{1,2})[일日]"),
    re.compile(
        rf"{_WEEKDAY}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[ -]{_MONTH},?[ -](?P<y>\d{{4}})(?!\d)"
    ),
    re.compile(rf"{_WEEKDAY}{_MONTH} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}})(?!\d)"),
)
_TIME = re.compile(
    r"[T, ]*(?:\(?[월화수목금토일]\)|at )? ?(?P<half>오전|오후)? ?"
    r"(?P<h>\d{1,2})(?::|시 ?)(?P<min>\d{2}|\d(?=분))분?(?::(?P<s>\d{2})(?:[.,]\d+)?)?"
    r" ?(?P<ampm>[AaPp]\.?[Mm]\.?)? ?(?P<zone>[A-Z]{1,4}|[+-]\d{2}(?::?\d{2})?)?$"
)
_RFC_2822 = re.compile(r"(?:[A-Za-z]{3}, )?\d{1,2} [A-Za-z]{3} \d{2,4} \d{1,2}:\d{2}")
_NUMBER = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}")


def parse(value: str) -> str | None:
    """ISO 8601 of a date as written: a day stays a day, an instant keeps its own offset.

    Knows ISO 8601, RFC 2822, epoch seconds and milliseconds, `31 July 2025`,
    `July 31, 2025`, `2025.07.31` and `2025년 7월 31일`, the last four also with a time. Dates
    whose day and month cannot be told apart (`07/08/2025`) are not guessed at.
    """
    text = " ".join(value.split())
    try:
        if _NUMBER.fullmatch(text):
            seconds = float(text) / (1000 if len(text.split(".")[0]) > 10 else 1)
            return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
        if _RFC_2822.match(text):
            return parsedate_to_datetime(text).isoformat(timespec="seconds")
        for pattern in _DAYS:
            if found := pattern.match(text):
                return _iso(found, text[found.end() :])
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _iso(found: re.Match[str], rest: str) -> str | None:
    parts = found.groupdict()
    month = int(parts["m"]) if "m" in parts else _MONTHS.get(parts["month"].lower(), 0)
    day = datetime(int(parts["y"]), month, int(parts["d"]))  # noqa: DTZ001  a day has no zone
    time = _TIME.fullmatch(rest)
    if time is None:
        return str(day.date()) if not re.match(r"[T ]\d", rest) else None
    hour = int(time["h"])
    if time["half"] or time["ampm"]:
        afternoon = time["half"] == "오후" or (time["ampm"] or "").lower().startswith("p")
        hour = hour % 12 + 12 * afternoon
    zone = time["zone"] or ""
    offset = _ZONES.get(zone, zone if zone[:1] in {"+", "-"} else "")
    clock = f"{hour:02}:{time['min']:0>2}:{time['s'] or '00'}{offset}"
    return datetime.fromisoformat(f"{day.date()}T{clock}").isoformat(timespec="seconds")


def dated(
    value: str, found: str, *, now: datetime | None = None, earliest: int = EARLIEST_YEAR
) -> Dated | None:
    """The value as a date, or None if it cannot be read or cannot be true.

    Impossible is what lies before the year `earliest` or more than LEEWAY after `now` (the
    clock).
    """
    iso = parse(value)
    if iso is None:
        return None
    result = Dated(iso, found)
    latest = (now or datetime.now(UTC)) + LEEWAY
    try:
        return result if result.day.year >= earliest and result.instant <= latest else None
    except OverflowError:
        return None
