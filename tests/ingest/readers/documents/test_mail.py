"""Mails and mailboxes: newsletters as a reader sees them."""

from __future__ import annotations

import base64
import gzip
import mailbox
import os
from pathlib import Path

from ingest.decode import MAX_FILE
from tests.ingest.conftest import Read, read_all
from tests.ingest.readers.documents.made import FEES, FERRY, MARKET, letter

HTML = (
    '<html><body><div style="display:none;max-height:0">Preview words</div>'
    "<table><tr><td><table><tr><td><h1>Fees rise</h1></td></tr>"
    f"<tr><td><p>{FEES}</p></td><td><p>{FERRY}</p></td></tr></table></td></tr></table>"
    "<table><tr><th>Berth</th><th>Fee</th></tr><tr><td>A</td><td>40</td></tr></table>"
    "</body></html>"
)
HEAD = (
    b"From: A <a@harbour.example>\nSubject: Fees\nDate: Tue, 10 Mar 2026 07:00:00 +0900\n"
    b"Message-ID: <%d@harbour.example>\nMIME-Version: 1.0\n"
)


def test_a_newsletter_is_read_as_it_is_seen(reading: Read) -> None:
    (article,), problems = reading(a__eml=letter(html=HTML).as_bytes())
    assert problems == []
    assert article.headline == "Brief 1: fees rise — 항만 요금 인상"
    assert article.outlet == "The Harbour Brief"
    assert article.body.split("\n\n") == ["Fees rise", FEES, FERRY, "Berth | Fee\nA | 40"]
    assert article.published is not None
    assert article.published.iso == "2026-03-10T07:00:00+09:00"
    assert article.key == "mid:1@harbour.example"


def test_plain_text_is_taken_where_it_says_more(reading: Read) -> None:
    images = '<html><body><img src="x.png"/><p>Open</p></body></html>'
    plain = f"{FEES}\n\n{FERRY}\n\n{MARKET}\n"
    (article,), _ = reading(a__eml=letter(plain=plain, html=images).as_bytes())
    assert article.body == f"{FEES}\n\n{FERRY}\n\n{MARKET}"


def test_korean_without_a_declaration_is_read(reading: Read) -> None:
    text = "항만 요금이 6월부터 4퍼센트 오른다고 항만공사가 화요일 밝혔다."
    data = (
        b"From: %b <a@port.example>\nSubject: %b\nDate: Tue, 10 Mar 2026 07:00:00 +0900\n"
        b"Message-ID: <k@port.example>\nMIME-Version: 1.0\nContent-Type: text/plain\n\n%b\n"
    ) % tuple(t.encode("cp949") for t in ("항만신문", "항만 요금 인상", text))
    (article,), _ = reading(a__eml=data)
    assert (article.outlet, article.headline, article.body) == ("항만신문", "항만 요금 인상", text)
    assert article.language == "ko"


def test_a_mailbox_has_an_article_a_mail(folder: Path) -> None:
    box = mailbox.mbox(folder / "Inbox")
    for number in range(1, 4):
        box.add(letter(number, plain=f"Berth {number}.\n\nFrom June, fees rise. {FEES}"))
    box.close()
    (folder / "again.eml").write_bytes(
        letter(2, plain=f"Berth 2.\n\nFrom June, fees rise. {FEES}").as_bytes()
    )
    (folder / "packed.mbox.gz").write_bytes(
        gzip.compress(
            (folder / "Inbox").read_bytes().replace(b"harbour.example>", b"port.example>")
        )
    )
    articles, problems = read_all(folder)
    assert [a.key for a in articles] == [
        f"mid:{n}@{host}.example" for host in ("harbour", "port") for n in (1, 2, 3)
    ]
    assert articles[2].body == f"Berth 3.\n\nFrom June, fees rise. {FEES}"
    assert [p.duplicate for p in problems] == [True]


def test_attachments_are_told_and_left_out(reading: Read) -> None:
    mail = letter()
    mail.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="fees.pdf")
    mail.add_attachment(b"x", maintype="image", subtype="png", filename="logo.png")
    (article,), (problem,) = reading(a__eml=mail.as_bytes())
    assert article.body == FEES
    assert (problem.fatal, "an attached file" in problem.reason) == (False, True)
    assert "fees.pdf" in problem.reason


def test_a_huge_attachment_costs_no_mail(reading: Read) -> None:
    parts = (
        b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\n%b\n'
        b"--b\nContent-Type: application/zip; name=big.zip\nContent-Transfer-Encoding: base64\n\n"
        b"%b--b--\n"
    ) % (FEES.encode(), base64.encodebytes(os.urandom(30_000_000)))
    (article,), (problem,) = reading(a__eml=HEAD % 1 + parts)
    assert article.body == FEES
    assert "big.zip" in problem.reason


def test_a_mail_over_the_limit_costs_only_itself(reading: Read) -> None:
    mark = b"From a@harbour.example Tue Mar 10 07:00:00 2026\n"
    big = b"x" * 60 + b"\n"
    data = b"".join(
        mark + HEAD % n + b"\n" + text + b"\n\n"
        for n, text in enumerate((FEES.encode(), big * (MAX_FILE // len(big) + 1), FERRY.encode()))
    )
    articles, (problem,) = reading(a__mbox=data)
    assert [a.body for a in articles] == [FEES, FERRY]
    assert problem.path.endswith("a.mbox, mail 2")
    assert "over the limit of 50 MB" in problem.reason


def test_mails_that_cannot_be_read_are_told(folder: Path) -> None:
    deep = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(20_000)
    )
    mails = {
        "secret.eml": (HEAD % 1 + b"Content-Type: application/pkcs7-mime\n\nabc\n", "encrypted"),
        "deep.eml": (HEAD % 2 + deep, "nested too deeply"),
        "bare.eml": (HEAD % 3 + b"\n\n", "has no text"),
        "words.eml": (b"Dear reader,\n\nthis is no mail.\n", "is no mail, though its name says so"),
    }
    for name, (data, _) in mails.items():
        (folder / name).write_bytes(data)
    articles, problems = read_all(folder)
    assert articles == []
    told = {p.path.rpartition("/")[2]: p.reason for p in problems if p.fatal}
    assert told.keys() == mails.keys()
    for name, (_, reason) in mails.items():
        assert reason in told[name], name
