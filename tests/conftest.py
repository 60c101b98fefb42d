"""What tests of all layers share: small real archives, and the data beside the project."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.chroma import ChromaServer
from tests.postgres import Server, binaries, running
from vectorstore import Archive, Article, Dated, Passage
from vectorstore.models.memory import tune_runtime

SHARED = Path(__file__).resolve().parents[2] / "shared"

Add = Callable[..., list[str]]

tune_runtime()  # before a test imports PyTorch


def pytest_report_header() -> list[str]:
    """What is skipped on this machine, and what no run does that does not ask for it."""
    there = {
        f"the real archives and questions ({SHARED})": SHARED.is_dir(),
        "PostgreSQL (served ledgers)": binaries() is not None,
        "Caddy (a proxy's settings)": bool(shutil.which("caddy")),
        "openssl (certificates)": bool(shutil.which("openssl")),
    }
    lacking = [
        f"skipped, as it is not here: {what}" for what, is_here in there.items() if not is_here
    ]
    return [
        *lacking,
        "not run unless asked for: pytest -m browser (pages), -m long, -m slow (hours)",
    ]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real archives and questions; tests skip without them, but never in CI."""
    if not SHARED.is_dir():
        reason = f"needs the real archives and questions in {SHARED}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return SHARED


@pytest.fixture(scope="session")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    """A Chroma server on loopback that goes on answering: a test that stops one has its own."""
    server = ChromaServer(tmp_path_factory.mktemp("chroma"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server on loopback; skips where none is installed, but never in CI."""
    with running() as server:
        yield server


def article(path: str, body: str, **fields: object) -> Article:
    """An article as a reader would make it; `published` and `updated` are ISO strings."""
    dates = {n: Dated(str(fields.pop(n)), "test") for n in ("published", "updated") if n in fields}
    given = {"key": f"test:{path}", "headline": path, "source": "test", "language": "en", **fields}
    return Article(path=path, body=body, **given, **dates)  # type: ignore[arg-type]


def cut(body: str) -> tuple[Passage, ...]:
    """One passage a paragraph, one sentence a full stop: enough for tests below ingest."""
    found = []
    for part in re.finditer(r"[^\n]+(?:\n[^\n]+)*", body):
        start = part.start()
        spans = [
            (start + s.start(), start + s.end())
            for s in re.finditer(r"\S.*?(?:[.!?](?=\s|$)|$)", part.group())
        ]
        found.append(Passage(start, part.end(), tuple(spans)))
    return tuple(found)


def put(archive: Archive, articles: Sequence[Article], *, index: bool = True) -> list[str]:
    """Add articles under the lock; what became of each."""
    with archive.writing():
        outcomes = [o for _, o in archive.add((a, cut(a.body)) for a in articles)]
        if index:
            archive.index()
    return list(outcomes)


def damage(path: Path, how: str) -> None:
    """Remove a file, cut it in half ("truncate"), or flip a byte in its middle ("flip")."""
    content = bytearray(path.read_bytes())
    if how == "remove":
        path.unlink()
    elif how == "truncate":
        path.write_bytes(content[: len(content) // 2])
    else:
        content[len(content) // 2] ^= 0xFF
        path.write_bytes(content)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Archive]:
    """A new archive with nothing in it."""
    with Archive.open(tmp_path / "archive", create=True) as opened:
        yield opened


NEWS = (
    article(
        "tariff-july.md",
        "President Trump wrote to Seoul on Monday. From 1 August a tariff of 25 percent would "
        "apply to South Korean goods, the letter said.\n\nOfficials in Seoul said talks would go"
        " on.",
        headline="Letter sets 25 percent tariff for Korea",
        outlet="Trade Desk",
        published="2025-07-07T14:00:00-04:00",
    ),
    article(
        "deal-july.md",
        "South Korea and the United States struck a deal on 30 July. The tariff on Korean goods "
        "will be 15 percent, and Seoul will invest $350 billion in the United States.",
        headline="Deal lowers tariff to 15 percent",
        outlet="Trade Desk",
        published="2025-07-31",
    ),
    article(
        "ships.md",
        "Hanwha Philly Shipyard will spend $5 billion on new docks, the company said in August. "
        "Two more docks and three quays are planned.",
        headline="Hanwha plans docks in Philadelphia",
        outlet="Business Desk",
        published="2025-08-26T09:00:00+09:00",
    ),
    article(
        "ko.md",
        "한국과 미국은 관세 협상을 타결했다고 대통령실이 밝혔다. "
        "자동차 관세는 15퍼센트로 내려간다.",
        headline="한미 관세 협상 타결",
        outlet="경제부",
        language="ko",
        published="2025-07-31",
    ),
    article("undated.md", "The ministry keeps a reserve of rare earth magnets in Gunsan."),
)

SHIPS = (
    "Hanwha Ocean opened a dock at the Philly Shipyard on Monday. "
    "The Philly Shipyard will build ten tankers, Rolf Meier said."
)
LATER = (
    "The Philly Shipyard hired four hundred welders in October. "
    "Rolf Meier called the welders at the Philly Shipyard the best in the state."
)
BEFORE = "The Philly Shipyard lost two orders for ferries in spring, and sixty welders left."
SHIPYARD = (
    article("a", SHIPS, headline="Dock opens", outlet="Wire", published="2025-08-25"),
    article("b", LATER, headline="Hired", outlet="Daily", published="2025-10-20"),
    article("c", BEFORE, headline="Lost", outlet="Post", published="2025-05-02"),
    article("d", "Rice fell by a tenth.", outlet="Post", published="2025-06-01"),
)
"""One story over half a year, told by three outlets, and an article about something else."""


SPELLED = article("chips.md", "Lutnick praised the semiconductors of Hanwha and Lockheed.")
"""An article of words that are often misspelt."""


@pytest.fixture(scope="session")
def spelled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """NEWS and SPELLED, indexed; read only."""
    with Archive.open(tmp_path_factory.mktemp("spelled") / "archive", create=True) as opened:
        put(opened, [*NEWS, SPELLED])
        yield opened


@pytest.fixture(scope="session")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Five short articles, indexed; read only."""
    with Archive.open(tmp_path_factory.mktemp("newsroom") / "archive", create=True) as opened:
        put(opened, NEWS)
        yield opened
