"""NITF and NewsML-G2: what their parts become, and documents of any size."""

from __future__ import annotations

import pytest

from ingest.parsers.news import NewsItem, format_of, items
from ingest.parsers.news.documents import MAX_ITEM
from ingest.parsers.news.documents import items as streamed
from tests.ingest.parsers.news import made


def one(document: str) -> NewsItem:
    (item,) = items(document.encode())
    return item


DOCDATA = """<doc-id id-string="talks.1" regsrc="wire"/><evloc city="Seoul" iso-cc="KR"/>
<date.issue norm="20250731T190824+0900"/><doc.copyright holder="Wire" year="2025"/>
<identified-content><classifier>Trade</classifier><location>Busan</location></identified-content>"""


def test_nitf() -> None:
    item = one(
        made.nitf(
            '<p>The "first" <em>one</em>.<br/>Still.</p><media><media-caption>No</media-caption>'
            "</media><hl2>Cross</hl2><block><p>Two.</p></block><note><body.content><p>N</p>"
            "</body.content></note>".replace(
                "<note><body.content><p>N</p></body.content></note>", ""
            )
            + "<table><tr><td>a</td><td>b</td></tr></table>",
            DOCDATA,
            "<byline>By <person>Kim</person> <byttl>Reporter</byttl></byline>"
            "<dateline><location>Seoul</location></dateline>",
        )
    )
    assert item.body == 'The "first" one.\nStill.\n\nCross\n\nTwo.\n\na | b'
    assert (item.headline, item.byline, item.dateline) == (
        "Talks resume",
        "By Kim, Reporter",
        "Seoul",
    )
    assert item.published == ("NITF date.issue", "2025-07-31T19:08:24+09:00")
    assert (item.uri, item.outlet, item.language) == ("nitf:wire:talks.1", "Wire", "en-US")
    assert (item.subjects, item.places) == (("Trade",), ("Seoul", "KR", "Busan"))


def test_nitf_with_a_document_type_keeps_named_characters_and_opens_nothing() -> None:
    head = '<!DOCTYPE nitf SYSTEM "/etc/hostname" [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    item = one(head + made.nitf("<p>Tides&mdash;&ldquo;high&rdquo;&x;.</p>"))
    assert item.body == "Tides—“high”&x;."


def test_the_versions_of_a_nitf_document_have_one_identity() -> None:
    docdata = '<doc-id id-string="talks-7_{0}" regsrc="W"/><du-key key="talks-7" version="{0}"/>'
    first, second = (one(made.nitf(docdata=docdata.format(n))) for n in (1, 2))
    assert first.uri == second.uri == "nitf:W:talks-7"
    assert (first.version, second.version) == ("1", "2")


def test_characters_that_were_escaped_twice() -> None:
    assert one(made.nitf("<p>&amp;quot;A&amp;#39;s &amp;amp; B&amp;quot;</p>")).body == '"A\'s & B"'


def test_nitf_whose_dateline_is_a_date_alone() -> None:
    dateline = '<dateline><story.date norm="20250731">20250731T1908</story.date></dateline>'
    item = one(made.nitf("<p>SEOUL (WIR) — Talks.</p>", '<doc-id id-string="7"/>', dateline))
    assert (item.dateline, item.published[1]) == ("SEOUL", "2025-07-31")


def test_nitf_takes_back_another_document() -> None:
    docdata = '<doc-id id-string="b" regsrc="wire"/>'
    document = made.nitf(docdata=docdata).replace(
        "<docdata>", '<docdata management-doc-idref="a" management-idref-status="canceled">'
    )
    kept, gone = items(document.encode())
    assert (kept.uri, kept.status) == ("nitf:wire:b", "")
    assert (gone.uri, gone.status) == ("nitf:wire:a", "canceled")
    canceled = made.nitf().replace("<docdata>", '<docdata management-status="canceled">')
    assert one(canceled).status == "canceled"


def test_nitf_that_repeats_its_lead_is_read_once() -> None:
    body = (
        '<block class="lead_paragraph"><p>Lead.</p></block>'
        '<block class="full_text"><p>Lead.</p><p>Rest.</p></block>'
    )
    head = (
        '<byline class="print_byline">By LEE</byline><byline class="normalized_byline">Lee</byline>'
    )
    item = one(made.nitf(body, head=head))
    assert (item.body, item.byline) == ("Lead.\n\nRest.", "By LEE")


XHTML = (
    '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>T</title></head><body>{}</body></html>'
)


@pytest.mark.parametrize(
    "content",
    [
        '<inlineData contenttype="text/plain">One.\n\nTwo.</inlineData>',
        '<inlineData contenttype="text/html">&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.</inlineData>',
        f"<inlineXML>{XHTML.format('<h1>Talks resume</h1><p>One.</p><p>Two.</p>')}</inlineXML>",
        f"<inlineXML>{made.nitf()}</inlineXML>",
        f"<inlineXML>{made.nitf()}</inlineXML><inlineData>One. Two.</inlineData>",
        '<inlineData contenttype="image/jpeg" encoding="base64">AAAA</inlineData>'
        "<inlineData>One.\n\nTwo.</inlineData>",
    ],
)
def test_g2_texts(content: str) -> None:
    assert one(made.g2(content)).body == "One.\n\nTwo."


def test_a_text_set_out_within_one_paragraph_is_taken_apart() -> None:
    begin = "(Adds)\n    * One up\n    * Two\n\n    By Kim\n"
    whole = f"{begin}    Jan 30 - Gold\nrose\nas far as\nit could."
    item = one(made.g2(f"<inlineXML>{XHTML.format(f'<p>{whole}</p>')}</inlineXML>"))
    assert item.body == (
        "(Adds)\n\n* One up\n\n* Two\n\nBy Kim\n\nJan 30 - Gold rose as far as it could."
    )
    indented = "One\n      two\n      three\n      four\n      five\n      six."
    item = one(made.g2(f"<inlineXML>{XHTML.format(f'<p>{indented}</p>')}</inlineXML>"))
    assert item.body == "One two three four five six."


@pytest.mark.parametrize(
    ("provider", "outlet"),
    [
        ('<provider qcode="p:W"><name>Wire</name></provider>', "Wire"),
        ('<provider literal="reuters.com"/>', "Reuters"),
        ('<provider literal="unknown.example"/>', "Holder"),
        ('<provider uri="http://www.w.example/about"/>', "Holder"),
    ],
)
def test_the_outlet_of_g2_is_a_name_before_a_host(provider: str, outlet: str) -> None:
    document = made.g2().replace('<provider qcode="nprov:W"><name>Wire</name></provider>', provider)
    rights = '<rightsInfo><copyrightHolder literal="Holder"/></rightsInfo><itemMeta>'
    assert one(document.replace("<itemMeta>", rights)).outlet == outlet


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("<inlineXML><events><event><name>Meeting</name></event></events></inlineXML>", "event"),
        ("<inlineXML><scores><team>3</team></scores></inlineXML>", "text"),
    ],
)
def test_g2_with_data_instead_of_a_text(content: str, kind: str) -> None:
    item = one(made.g2(content))
    assert (item.kind, item.body) == (kind, "")


def test_g2_fields() -> None:
    about = (
        "<contentCreated>2025-07-30T10:00:00+09:00</contentCreated>"
        "<located><name>Seoul</name><broader><name>Korea</name></broader></located>"
        "<creator><name>Kim</name></creator><dateline>SEOUL, July 31</dateline>"
        '<subject type="cpnat:abstract" qcode="medtop:1"><name xml:lang="de">Handel</name>'
        '<name xml:lang="en">Trade</name></subject><subject qcode="medtop:2"/>'
        '<subject type="cpnat:geoArea"><name>Busan</name></subject><language tag="ko-KR"/>'
    )
    item = one(made.g2(version=3, about=about, meta="<embargoed>2025-08-01T00:00:00Z</embargoed>"))
    assert (item.uri, item.version, item.made) == ("urn:g2:talks", "3", "2025-07-31T03:00:00Z")
    assert item.published == ("NewsML-G2 contentCreated", "2025-07-30T10:00:00+09:00")
    assert item.updated == ("NewsML-G2 versionCreated", "2025-07-31T03:00:00Z")
    assert (item.outlet, item.byline, item.dateline) == ("Wire", "Kim", "SEOUL, July 31")
    assert item.subjects == ("Trade", "medtop:2")
    assert item.places == ("Seoul", "Korea", "Busan")
    assert (item.language, item.embargoed) == ("ko-KR", "2025-08-01T00:00:00Z")


@pytest.mark.parametrize(
    "name", ["stat:canceled", "http://cv.iptc.org/newscodes/pubstatusg2/canceled"]
)
def test_g2_that_is_canceled(name: str) -> None:
    document = made.g2().replace('qcode="stat:usable"', f'qcode="{name}"')
    assert one(document).status == "canceled"


def test_a_message_is_read_item_by_item() -> None:
    package = f'<packageItem xmlns="{made.G2}" guid="p"/>'
    concept = (
        f'<conceptItem xmlns="{made.G2}" guid="c"><concept><type qcode="cpnat:event"/></concept>'
        "</conceptItem>"
    )
    planning = f'<planningItem xmlns="{made.G2}" guid="q"/>'
    document = made.message(package, made.g2(), made.g2(kind="video"), concept, planning)
    found = list(items(document.encode()))
    assert [i.kind for i in found] == ["package", "text", "video", "event", "planning item"]
    assert [i.number for i in found] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("head", "is_one"),
    [
        (made.g2(), True),
        ("<?xml version='1.0'?><!-- a --><x:nitf xmlns:x='y'/>", True),
        (f"<env:Envelope xmlns:env='x'><env:Body>{made.g2()}</env:Body></env:Envelope>", True),
        ("<rss version='2.0'><channel/></rss>", False),
        ("<html><body>&lt;nitf></body></html>", False),
        ("<urlset><url/></urlset>", False),
        ("plain", False),
    ],
)
def test_documents_are_known_by_their_begin(head: str, is_one: bool) -> None:
    assert format_of(head.encode()) == ("xml" if is_one else "")
    assert format_of(head.encode("utf-16")) == ("xml" if is_one else "")


def test_a_fault_ends_a_document_after_what_stands_before_it() -> None:
    document = made.message(made.g2(), made.g2())[:-60].encode()
    found = items(document)
    assert next(found).number == 1
    with pytest.raises(ValueError, match="is not well-formed XML"):
        list(found)


@pytest.mark.parametrize("part", ["<?a ?>", "<!-- -->", "<!DOCTYPE a [b]>", " \n"])
def test_a_begin_of_many_parts_that_is_no_document(part: str) -> None:
    assert format_of((part * 8_000 + "?").encode()) == ""


class Endless:
    """A news message whose one item never ends."""

    def __init__(self) -> None:
        self.given = 0

    def read(self, size: int) -> bytes:
        begin = b"" if self.given else made.message(made.g2()).partition("The talks")[0].encode()
        self.given += size
        return begin + b"<p>word</p>" * ((size - len(begin)) // 11)


def test_an_item_without_end_is_given_up() -> None:
    stream = Endless()
    with pytest.raises(ValueError, match="has an item of over 50 MB"):
        list(streamed(stream))  # type: ignore[arg-type]
    assert stream.given < 1.1 * MAX_ITEM
