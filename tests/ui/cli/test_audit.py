"""What operators do by command stands in the audit log, by the name of the local user."""

from __future__ import annotations

import getpass
from pathlib import Path

from tests.ui.command import dateline
from ui.store import Store
from vectorstore import Archive

PASSWORD = "correct horse battery\n"  # noqa: S105
OPML = '<opml version="2.0"><body><outline xmlUrl="https://a.example/feed"/></body></opml>'


def test_every_deed_by_command_is_in_the_log_of_an_archive_that_has_one(tmp_path: Path) -> None:
    folder, made = tmp_path / "archive", tmp_path / "secret-name.md"
    made.write_text("The steel quota ends in Pohang this spring, the ministry said.\n")
    feeds, backups = tmp_path / "feeds.opml", tmp_path / "backups"
    feeds.write_text(OPML)

    def run(*words: object, stdin: str = "") -> None:
        done = dateline(*words, archive=folder, stdin=stdin)
        assert done.returncode == 0, (words, done.stderr)

    run("ingest", made)
    run("backup", tmp_path / "unlogged")
    assert not (folder / "conversations.db").exists(), "without a web state there is no log"

    run("users", "add", "ann", "--role", "operator", "--password-stdin", stdin=PASSWORD)
    run("ingest", made)
    run("sources", "init")
    run("sources", "import", feeds)
    run("sources", "add", "https://b.example/feed", "--kind", "feed", "--name", "b")
    run("sources", "remove", "b")
    run("rebuild")
    run("backup", backups, "--keep", 1)
    (only,) = backups.iterdir()
    only.rename(backups / "2001-01-01T000000Z")
    run("backup", backups, "--keep", 1)
    run("forget", "--older-than", 1)
    run("ingest", "--drop-sample")
    (folder / "lexical.json").unlink()
    assert dateline("doctor", "--fix", archive=folder).returncode != 1
    (newest,) = backups.iterdir()
    assert dateline("restore", newest, archive=tmp_path / "again").returncode == 0

    with Archive.open(folder) as archive:
        store = Store.beside(archive)
        deeds = store.deeds()
        store.close()
    assert {(deed.actor, deed.way, deed.role) for deed in deeds} == {
        (getpass.getuser(), "command", "operator")
    }
    assert [deed.deed for deed in deeds] == [
        "user added",
        "files ingested",
        "sources added",
        "sources added",
        "source added",
        "source removed",
        "indexes written anew",
        "backup made",
        "backup made",
        "backup deleted",
        "conversations deleted",
        "sample taken out",
        "archive repaired",
    ]
    assert not any("secret-name" in deed.target for deed in deeds)
    with Archive.open(tmp_path / "again") as archive:
        store = Store.beside(archive)
        assert store.deeds()[-1].deed == "backup restored"
        store.close()
