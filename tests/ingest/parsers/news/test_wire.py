"""Wire text between control characters."""

from __future__ import annotations

import pytest

from ingest.parsers.news import format_of, items

IPTC_7901 = (
    "\x01WIR123 4 ECO 0345 Korea-US\r\nTariff-talks\r\n\x02Talks resume\r\n\r\nBy Kim Min\r\n\r\n"
    "SEOUL, July 31 (WIR) - The talks on tariffs\r\nresumed.\r\n\r\nThey go on.\r\n-30-\r\n"
    "bc\r\n\x03\r\n"
)
ANPA_1312 = "\x16\x16\x01a0204\x1fzxcv\x13r i BC-Talks\r\n\x02Talks resume\r\n\r\nOne.\r\n\x03\x04"


def test_a_message_of_iptc_7901() -> None:
    (item,) = items(IPTC_7901.encode())
    assert item.body == "SEOUL, July 31 (WIR) - The talks on tariffs resumed.\n\nThey go on."
    assert (item.headline, item.byline, item.dateline) == ("Talks resume", "By Kim Min", "SEOUL")
    assert (item.outlet, item.subjects) == ("WIR", ("ECO",))


def test_several_messages_of_one_transmission() -> None:
    found = list(items((IPTC_7901 + IPTC_7901.replace("123", "124")).encode("latin-1")))
    assert [item.number for item in found] == [1, 2]
    assert len({item.uri for item in found}) == 2


def test_a_message_of_anpa_1312() -> None:
    (item,) = items(ANPA_1312.encode())
    assert (item.headline, item.body) == ("Talks resume", "One.")


MARKED = """x6715-----
r i BC-AS--Talks 1stLd-Writethru   07-31 0500
{}^BC-AS--Talks, 1st Ld-Writethru,416<
^Talks on tariffs resume in Seoul<
^AP Photo XYZ105<
^Eds: Updates.<
^By KIM MIN=
^Staff Writer=
\t   SEOUL (WIR) _ The talks ``resumed.''
\t   They go on.

\t   WP-WF-07-31-25 1008GMT<
{}"""


@pytest.mark.parametrize(("begin", "mark", "end"), [("", "", ""), ("\x16\x16\x01", "\x02", "\x03")])
def test_a_message_of_anpa_1312_with_marked_lines(begin: str, mark: str, end: str) -> None:
    (item,) = items((begin + MARKED.format(mark, end)).encode())
    assert (item.headline, item.byline) == ("Talks on tariffs resume in Seoul", "By KIM MIN")
    assert item.body == "SEOUL (WIR) — The talks “resumed.”\n\nThey go on."
    assert (item.dateline, item.published[1]) == ("SEOUL", "2025-07-31T10:08:00+00:00")


def test_a_message_of_iptc_7901_whose_control_characters_were_lost() -> None:
    source = (
        "wir0007 4 pol 850  wir-tns 0908\n\nTrade/Talks/\nTalks on tariffs\nresume\n"
        "By Kim Min, The Wire =\n\nSeoul (wir) - The talks\nresumed.\n\n* * * *\nNot for print\n"
    )
    (item,) = items(source.encode())
    assert (item.headline, item.byline) == ("Talks on tariffs resume", "By Kim Min, The Wire")
    assert item.body == "Seoul (wir) - The talks resumed."
    assert (item.outlet, item.subjects) == ("WIR", ("POL",))


HEADERS = """Headline: Talks
 resume
Byline: By Kim Min
Date: Thu, 31 Jul 2025 19:08:24 +0900
Source: WIR
Category: Trade, Economy
Version: 2

SEOUL (WIR) - The talks resumed.

They go on.
"""


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_text_under_header_lines(ends: str) -> None:
    (item,) = items(HEADERS.replace("\n", ends).encode())
    assert (item.headline, item.byline, item.outlet) == ("Talks resume", "By Kim Min", "WIR")
    assert item.body == "SEOUL (WIR) - The talks resumed.\n\nThey go on."
    assert item.published == ("header date", "Thu, 31 Jul 2025 19:08:24 +0900")
    assert (item.subjects, item.version) == (("Trade", "Economy"), "2")
    assert format_of(f"Message-ID: <a@b>\n{HEADERS}".encode()) == ""


@pytest.mark.parametrize("other", ["plain text", "\x02text\x03", "Subject: x\nTo: y\n\nz", ""])
def test_other_text_is_none(other: str) -> None:
    assert format_of(other.encode()) == ""
