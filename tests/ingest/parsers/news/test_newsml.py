"""NewsML 1: what its parts become."""

from __future__ import annotations

import pytest

from tests.ingest.parsers.news import made
from tests.ingest.parsers.news.test_xml import one

NEWSML = """<?xml version="1.0"?><!DOCTYPE NewsML PUBLIC "x" "NewsML.dtd"><NewsML><NewsEnvelope/>
<NewsItem><Identification><NewsIdentifier><ProviderId>w.example</ProviderId><DateId>20250731</DateId>
<NewsItemId>T1</NewsItemId><RevisionId PreviousRevision="1">2</RevisionId>
<PublicIdentifier>urn:newsml:w.example:20250731:T1:2N</PublicIdentifier></NewsIdentifier>
</Identification><NewsManagement><FirstCreated>20250731T100000+0900</FirstCreated>
<ThisRevisionCreated>20250731T190824+0900</ThisRevisionCreated><Status FormalName="{status}"/>
</NewsManagement><NewsComponent><NewsLines><HeadLine>Talks resume</HeadLine><ByLine>By Kim</ByLine>
<DateLine>SEOUL</DateLine></NewsLines><AdministrativeMetadata><Provider><Party FormalName="Wire"/>
</Provider></AdministrativeMetadata><DescriptiveMetadata><Language FormalName="en"/>
<SubjectCode><Subject FormalName="04000000"/></SubjectCode><Location><Property FormalName="City"
Value="Seoul"/></Location></DescriptiveMetadata>{content}</NewsComponent></NewsItem></NewsML>"""
DATA = '<ContentItem><MediaType FormalName="{}"/><DataContent>{}</DataContent></ContentItem>'


@pytest.mark.parametrize(
    "data",
    [
        made.nitf(),
        "<p>One.</p><p>Two.</p>",
        "<html><body><p>One.</p><p>Two.</p></body></html>",
        "One.\n\nTwo.",
        "<![CDATA[<p>One.</p><p>Two.</p>]]>",
    ],
)
def test_newsml(data: str) -> None:
    photo = f"<NewsComponent>{DATA.format('Photo', '')}</NewsComponent>"
    content = f"{photo}<NewsComponent>{DATA.format('Text', data)}</NewsComponent>"
    item = one(NEWSML.format(status="Usable", content=content))
    assert (item.body, item.headline, item.byline) == ("One.\n\nTwo.", "Talks resume", "By Kim")
    assert (item.uri, item.version) == ("urn:newsml:w.example:20250731:T1", "2")
    assert item.published == ("NewsML FirstCreated", "2025-07-31T10:00:00+09:00")
    assert item.updated == ("NewsML ThisRevisionCreated", "2025-07-31T19:08:24+09:00")
    assert (item.outlet, item.language, item.dateline) == ("Wire", "en", "SEOUL")
    assert (item.subjects, item.places) == (("04000000",), ("Seoul",))


def test_newsml_s_text_is_that_of_the_main_component() -> None:
    def part(role: str, data: str, more: str = "") -> str:
        content = f"<ContentItem>{more}<DataContent>{data}</DataContent></ContentItem>"
        return f'<NewsComponent><Role FormalName="{role}"/>{content}</NewsComponent>'

    parts = (
        part("StyleSheet", "p {color: red}" * 9, '<Format FormalName="CSS"/>')
        + part("HeadLine", "<p>Talks resume, and the headline is longer than the text</p>")
        + part("Body", "<p>One.</p><p>Two.</p>")
        + part("Contact", "<p>Kim, 02-555-0100, kim@w.example, and more that is long</p>")
    )
    assert one(NEWSML.format(status="Usable", content=parts)).body == "One.\n\nTwo."
    photo = DATA.format("Photo", "") + part("Caption", "A caption of the picture.")
    item = one(NEWSML.format(status="Usable", content=photo))
    assert (item.kind, item.body) == ("picture", "")


def test_newsml_of_other_kinds() -> None:
    photo = DATA.format("Photo", "")
    assert one(NEWSML.format(status="Usable", content=photo)).kind == "picture"
    listing = '<NewsItemRef NewsItem="urn:x"/>'
    assert one(NEWSML.format(status="Usable", content=listing)).kind == "package"
    assert one(NEWSML.format(status="Canceled", content="")).status == "canceled"


def test_an_agency_that_is_named_by_its_host_and_a_place_with_its_degrees() -> None:
    document = NEWSML.format(status="Usable", content=DATA.format("Text", "One."))
    document = document.replace('Party FormalName="Wire"', 'Party FormalName="afp.com"')
    degrees = '<Location><Property FormalName="Latitude" Value="13.0"/>'
    item = one(document.replace("<Location>", degrees))
    assert (item.outlet, item.places) == ("AFP", ("Seoul",))
