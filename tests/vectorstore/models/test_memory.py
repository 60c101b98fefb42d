"""Forward passes over texts of ever new lengths take no more memory each time."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

GROWN = """
import psutil, torch
from vectorstore.models.memory import tune_runtime

tune_runtime()
process, layer, seen = psutil.Process(), torch.nn.Linear(384, 1536), []
with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
    for tokens in range(1100, 400, -2):
        layer(torch.ones(tokens, 384))
        seen.append(process.memory_info().rss)
print((seen[-1] - seen[50]) / 1e6)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="what it sets is glibc's")
def test_lengths_that_were_not_met_before_take_no_more_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-c", GROWN], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 40, "MB for 300 shapes; 100 and more where all are kept"


@pytest.mark.parametrize("said", ["", "active"])
def test_threads_sleep_while_they_wait_unless_the_environment_says_otherwise(said: str) -> None:
    code = (
        "import os; from vectorstore.models.embedder import Embedder; Embedder().query('Who?');"
        "print(os.environ['OMP_WAIT_POLICY'])"
    )
    given = {k: v for k, v in os.environ.items() if k != "OMP_WAIT_POLICY"}
    given |= {"OMP_WAIT_POLICY": said} if said else {}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=given, check=False
    )
    assert done.stdout.strip() == (said or "passive"), done.stderr
