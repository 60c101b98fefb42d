"""ninjs of every version, and what wires write that is like it."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.parsers.news import ninjs, ninjs_items
from ingest.parsers.news.item import NewsItem
from tests.ingest.parsers.news import made

TEXT = "Two & three — four."


def read(**fields: Any) -> NewsItem:
    return next(ninjs.items(made.ninjs(**fields)))


@pytest.mark.parametrize(
    "fields",
    [
        {"body_text": f"One.\n\n{TEXT}"},
        {"body_xhtml": f"<p>One.</p><p>{TEXT}</p>", "body_text": f"One. {TEXT}"},
        {"body_html": "<div><p>One.</p><p>Two &amp; three &mdash; four.</p></div>"},
        {"body_main": f"One. {TEXT}", "body_richtext": f"<p>One.</p> <p>{TEXT}</p>"},
        {"body_nitf": "<block><p>One.</p><p>Two &amp; three &mdash; four.</p></block>"},
        {"body_nitf": made.nitf("<p>One.</p><p>Two &amp; three &#8212; four.</p>")},
        {"bodies": [{"role": "html", "contentType": "text/html", "value": f"<p>One.<p>{TEXT}"}]},
        {
            "bodies": [
                {"role": "teaser", "value": "A teaser that is longer than the text itself. " * 3},
                {"role": "main", "contentType": "text/plain", "value": f"One.\n\n{TEXT}"},
            ]
        },
    ],
)
def test_each_way_of_giving_a_body(fields: dict[str, Any]) -> None:
    assert read(**{"bodies": None, **fields}).body == f"One.\n\n{TEXT}"


def test_captions_and_xml_of_a_house_s_own_are_no_text() -> None:
    figure = "<figure><img src='a.jpg'/><figcaption>A caption.</figcaption></figure>"
    bodies = [
        {"role": "ownnitf", "contentType": "application/xml", "value": "<OWN><P>X</P></OWN>" * 9},
        {"role": "html5", "contentType": "text/html", "value": f"<p>One.</p>{figure}<p>Two.</p>"},
    ]
    assert read(bodies=bodies).body == "One.\n\nTwo."


def test_figures_that_never_close_are_read_in_one_pass() -> None:
    value = "<p>One.</p>" + "<figure>" * 200_000 + "<p>Two.</p>"
    assert read(bodies=None, body_html=value).body == "One.\n\nTwo."


def test_nitf_in_it_says_what_the_json_does_not() -> None:
    whole = made.nitf(head="<byline>By Kim</byline><dateline><location>Seoul</location></dateline>")
    item = read(bodies=None, body_nitf=whole, headlines=None)
    assert (item.headline, item.byline, item.dateline) == ("Talks resume", "By Kim", "Seoul")
    assert read(bodies=None, body_nitf=whole, byline="Lee").byline == "Lee"


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ({"headlines": None, "headline": "A <b>b</b> &amp; c"}, "headline", "A b & c"),
        ({"headlines": None, "headline_main": "A"}, "headline", "A"),
        ({"headlines": [{"role": "sub", "value": "S"}, {"value": "M"}]}, "headline", "M"),
        ({"by": "Kim and Lee"}, "byline", "Kim and Lee"),
        ({"bylines": [{"by": "Kim"}, {"by": "Lee"}]}, "byline", "Kim, Lee"),
        ({"provider": {"name": "P"}, "copyrightholder": "C"}, "outlet", "P"),
        ({"copyrightHolder": "C", "source": "S"}, "outlet", "C"),
        ({"source": "S"}, "outlet", "S"),
        (
            {"copyrightnotice": "Copyright 2013-15 The Agency, www.a.example"},
            "outlet",
            "The Agency",
        ),
        ({"copyrightnotice": "(c) 2019 dpa. Alle Rechte vorbehalten"}, "outlet", "dpa"),
        ({"copyrightnotice": "All rights reserved."}, "outlet", ""),
        ({"located": "Oslo, Norway"}, "dateline", "Oslo, Norway"),
        (
            {"datelinelocation": {"city": "Oslo", "countryname": "Norway"}},
            "dateline",
            "Oslo, Norway",
        ),
        ({"subject": [{"name": "Trade"}, {"code": "x1"}]}, "subjects", ("Trade", "x1")),
        ({"subjects": [{"name": "Trade"}, {"name": "Trade"}]}, "subjects", ("Trade",)),
        ({"place": [{"name": "Seoul"}], "located": "Seoul"}, "places", ("Seoul",)),
        ({"pubStatus": "canceled", "pubstatus": None}, "status", "canceled"),
        ({"pubstatus": "withheld"}, "status", "withheld"),
        ({"type": "picture"}, "kind", "picture"),
        ({"type": "event", "bodies": None}, "kind", "event"),
        ({"type": "planning", "bodies": None}, "kind", "planning item"),
        ({"type": "composite"}, "kind", "text"),
        ({"type": "composite", "bodies": None}, "kind", "package"),
        ({"type": None}, "kind", "text"),
        ({"type": "advisory"}, "kind", "text"),
        ({"type": None, "bodies": None, "eventDetails": {}}, "kind", "event"),
    ],
)
def test_fields(fields: dict[str, Any], name: str, value: object) -> None:
    assert getattr(read(**fields), name) == value


def test_dates_are_of_the_item_and_of_its_version() -> None:
    item = read(firstCreated="2025-07-30T10:00:00+09:00")
    assert item.published == ("ninjs: firstcreated", "2025-07-30T10:00:00+09:00")
    assert item.updated == ("ninjs: versioncreated", "2025-07-31T19:08:24+09:00")
    assert read().published == ("ninjs: versioncreated", "2025-07-31T19:08:24+09:00")
    assert read().updated == ("", "")


def test_a_dateline_that_stands_in_the_text_alone() -> None:
    body = "GROSSETO, Italy (AP) -- The trial began."
    assert read(bodies=None, body_text=body).dateline == "GROSSETO, Italy"
    assert read(bodies=None, body_text="SEOUL, July 31 (AFP) - Talks.").dateline == "SEOUL"
    assert read(bodies=None, body_text="He said (AP) -- no.").dateline == ""


def test_an_address_that_changes_with_each_delivery_is_one_identity() -> None:
    uri = "https://api.example/content/abc1?qt=x&et={}"
    found_ = {read(uri=uri.format(n), altids={"itemid": "abc1"}).uri for n in "yz"}
    assert found_ == {"https://api.example/content/abc1"}


def test_texts_among_associations_are_items_and_pictures_are_not() -> None:
    text = made.ninjs(uri="urn:b", headlines=[{"value": "B"}])
    photo = made.ninjs(uri="urn:c", type="picture", bodies=None)
    for nested in ({"side": text, "main": photo}, [text, photo]):
        items = list(ninjs.items(made.ninjs(associations=nested)))
        assert [item.uri for item in items] == [made.ninjs()["uri"], "urn:b"]


@pytest.mark.parametrize(
    "fields",
    [
        {"guid": "urn:a", "body_html": "<p>A</p>"},
        {"uri": "urn:a", "title": "A", "descriptions": [], "eventDetails": {}},
        {"$standard": {"name": "ninjs"}, "headline": "A"},
    ],
)
def test_items_of_other_versions_and_houses_are_known(fields: dict[str, Any]) -> None:
    assert list(ninjs_items(fields)) == [fields]


def test_envelopes_are_opened() -> None:
    item = made.ninjs()
    for envelope in (item, [item], {"data": {"item": item}}, {"data": {"items": [{"item": item}]}}):
        assert list(ninjs_items(envelope)) == [item]


@pytest.mark.parametrize(
    "other",
    [
        {"uri": "urn:x", "title": "A", "text": "Some text."},
        {"headline": "A", "body": "B"},
        {"pubstatus": "usable"},
        [],
        "uri",
    ],
)
def test_other_json_is_none(other: object) -> None:
    assert list(ninjs_items(other)) == []
