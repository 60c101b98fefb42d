"""What an EPUB file says of itself: its files in order, its contents, its pages (EPUB 2 and 3)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from ingest import text
from ingest.parsers.zipfiles import DC, Files, local

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_TYPE = "{http://www.idpf.org/2007/ops}type"
_PAGES = {"application/xhtml+xml", "text/html", "application/x-dtbook+xml"}
_MAKERS = frozenset({"calibre", "unknown", "unknown author"})
"""What programs write as a book's author or publisher."""


class Package:
    """The package of a book: `spine` are the names of its texts in reading order, `titles`
    and `pages` what its contents and its list of pages call a place (`a.xhtml#p4`)."""

    def __init__(self, files: Files) -> None:
        """Raises ValueError for what is no EPUB file, or has encrypted texts."""
        self.files = files
        root = files.xml(_CONTAINER)
        name = next((e.get("full-path", "") for e in root.iter() if local(e) == "rootfile"), "")
        package = files.xml(name)
        self._folder = posixpath.dirname(name)
        self._items = {e.get("id"): e for e in package.iter() if local(e) == "item"}
        self.said = _said(package)
        contents = list(self._contents(package))
        self.spine = [name for name in self._spine(package) if name not in contents]
        if not self.spine:
            raise ValueError("is an EPUB file that names no texts")
        self.titles: dict[str, str] = {}
        self.pages: dict[str, str] = {}
        for name in contents:
            self._note(name)
        self._refuse_encrypted()

    def _spine(self, package: Any) -> Iterator[str]:
        for ref in package.iter():
            item = self._items.get(ref.get("idref")) if local(ref) == "itemref" else None
            if item is None or ref.get("linear") == "no":
                continue
            if item.get("media-type") in _PAGES:
                yield self._place(self._folder, item.get("href") or "")

    def _contents(self, package: Any) -> Iterator[str]:
        """The names of the navigation document and of the NCX, as far as there are any."""
        ncx = next((e.get("toc") for e in package.iter() if local(e) == "spine"), None)
        for key, item in self._items.items():
            if "nav" in (item.get("properties") or "").split() or (ncx and key == ncx):
                name = self._place(self._folder, item.get("href") or "")
                if name in self.files.names:
                    yield name

    def _note(self, name: str) -> None:
        """Take the titles and pages of a table of contents; those that came first stay."""
        folder = posixpath.dirname(name)
        for element in self.files.xml(name).iter():
            kind = local(element)
            if kind in {"navPoint", "pageTarget"}:
                inner = {local(e): e for e in element}
                target = inner["content"].get("src") if "content" in inner else ""
                label = (
                    text.line("".join(inner["navLabel"].itertext())) if "navLabel" in inner else ""
                )
                paged = kind == "pageTarget"
            elif kind == "a" and element.get("href"):
                around = [e.get(_TYPE, "") for e in element.iterancestors() if local(e) == "nav"]
                paged = "page-list" in around
                if around and not paged and "toc" not in around:
                    continue
                target, label = element.get("href"), text.line("".join(element.itertext()))
            else:
                continue
            if target and label:
                found = self.pages if paged else self.titles
                found.setdefault(self._place(folder, target), label[:300])

    def _place(self, folder: str, target: str) -> str:
        """A file's name in the ZIP file, with its fragment."""
        path, mark, fragment = unquote(target).partition("#")
        return posixpath.normpath(posixpath.join(folder, path)) + mark + fragment

    def _refuse_encrypted(self) -> None:
        if _ENCRYPTION not in self.files.names:
            return
        held = {
            self._place("", e.get("URI") or "")
            for e in self.files.xml(_ENCRYPTION).iter()
            if local(e) == "CipherReference"
        }
        if held & set(self.spine):  # fonts alone are often disguised, which hides no text
            raise ValueError("is encrypted (it has DRM): its text cannot be read")


def _said(package: Any) -> dict[str, str]:
    def first(name: str) -> str:
        values = (text.line(e.text or "") for e in package.iter(f"{DC}{name}"))
        return next((v[:300] for v in values if v and v.lower() not in _MAKERS), "")

    names = (text.line(e.text or "") for e in package.iter(f"{DC}creator"))
    byline = ", ".join(n for n in dict.fromkeys(names) if n and n.lower() not in _MAKERS)
    return {
        "title": first("title"),
        "outlet": first("publisher"),
        "byline": byline[:300],
        "language": first("language"),
        "published": first("date"),
    }
