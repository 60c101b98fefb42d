"""Modules stand on floors: what imports another is not imported by it, by no way round."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

import grimp
import pytest

PACKAGES = ("chatbot", "ingest", "ui", "vectorstore")


def test_no_module_is_imported_by_what_it_imports_not_even_for_types() -> None:
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    imported = {m: graph.find_modules_directly_imported_by(m) for m in graph.modules}
    assert len(imported) > 300
    try:
        TopologicalSorter(imported).prepare()
    except CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))
