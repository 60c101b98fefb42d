"""Small items of each format, made up."""

from __future__ import annotations

import json
from typing import Any

PLAIN = '<inlineData contenttype="text/plain">The talks resumed.</inlineData>'
G2 = "http://iptc.org/std/nar/2006-10-01/"


def ninjs(**fields: Any) -> dict[str, Any]:
    """A ninjs 2 item, with other fields as given; None leaves one out."""
    item = {
        "uri": "urn:newsml:wire.example:20250731:talks",
        "type": "text",
        "version": "1",
        "versioncreated": "2025-07-31T19:08:24+09:00",
        "pubstatus": "usable",
        "language": "en",
        "headlines": [{"role": "main", "value": "Talks resume"}],
        "bodies": [{"role": "text", "contenttype": "text/plain", "value": "The talks resumed."}],
    }
    return {name: value for name, value in {**item, **fields}.items() if value is not None}


def ninjs_file(**fields: Any) -> str:
    """The same as a file's text."""
    return json.dumps(ninjs(**fields))


def nitf(body: str = "<p>One.</p><p>Two.</p>", docdata: str = "", head: str = "") -> str:
    """An NITF document without a namespace."""
    return (
        f'<nitf xml:lang="en-US"><head><title>Window</title><docdata>{docdata}</docdata></head>'
        f"<body><body.head><hedline><hl1>Talks resume</hl1></hedline>{head}</body.head>"
        f"<body.content>{body}</body.content></body></nitf>"
    )


def g2(content: str = "", *, guid: str = "urn:g2:talks", version: int = 1, **parts: str) -> str:
    """A NewsML-G2 news item; `meta` and `about` are what else its two metadata parts hold."""
    return (
        f'<newsItem xmlns="{G2}" guid="{guid}" version="{version}" xml:lang="en">'
        f'<itemMeta><itemClass qcode="ninat:{parts.get("kind", "text")}"/>'
        '<provider qcode="nprov:W"><name>Wire</name></provider>'
        f"<versionCreated>2025-07-31T0{version}:00:00Z</versionCreated>"
        f'<pubStatus qcode="stat:{parts.get("status", "usable")}"/>'
        f"{parts.get('meta', '')}</itemMeta>"
        f"<contentMeta><headline>Talks resume</headline>{parts.get('about', '')}</contentMeta>"
        f"<contentSet>{content or PLAIN}"
        "</contentSet></newsItem>"
    )


def message(*items: str) -> str:
    """A NewsML-G2 news message with these items."""
    return (
        f'<newsMessage xmlns="{G2}"><header><sent>2025-07-31T10:00:00Z</sent></header>'
        f"<itemSet>{''.join(items)}</itemSet></newsMessage>"
    )
