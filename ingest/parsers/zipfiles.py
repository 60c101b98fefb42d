"""Files inside a document that is a ZIP file, read within a bound, and their XML."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from typing import Any

MAX_INFLATED = 100_000_000
"""Bytes that all files read from one document may have together."""

DC = "{http://purl.org/dc/elements/1.1/}"
"""The namespace of Dublin Core, in which documents name themselves."""


_DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, NotImplementedError, OSError,
    EOFError,
)  # fmt: skip
"""What the library raises for files that are not as they should be."""


class Files:
    """The files of a ZIP file by name."""

    def __init__(self, data: bytes) -> None:
        """Raises ValueError if the data are no ZIP file."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGED as error:
            raise ValueError(f"is no ZIP file that can be read: {error}") from None
        self.names = frozenset(self._zip.namelist())
        self._left = MAX_INFLATED

    def read(self, name: str) -> bytes:
        """A file's bytes; raises ValueError if it is missing, damaged, encrypted or too large."""
        try:
            with self._zip.open(name) as opened:
                data = opened.read(self._left + 1)
        except KeyError:
            raise ValueError(f"has no {name} in it") from None
        except RuntimeError:
            raise ValueError(f"is encrypted: {name} needs a password") from None
        except _DAMAGED as error:
            raise ValueError(f"is damaged in {name}: {error}") from None
        self._left -= len(data)
        if self._left < 0:
            raise ValueError(f"inflates to over {MAX_INFLATED / 1e6:,.0f} MB: it was not read")
        return data

    def xml(self, name: str) -> Any:
        """A file's XML as an lxml element; entities are not followed. Raises ValueError."""
        from lxml import etree

        parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
        try:
            root = etree.fromstring(self.read(name), parser)
        except etree.XMLSyntaxError as error:
            raise ValueError(f"has no XML in {name}: {error}") from None
        if root is None:
            raise ValueError(f"has no XML in {name}")
        return root


def local(element: Any) -> str:
    """An element's name without its namespace, "" for comments."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
