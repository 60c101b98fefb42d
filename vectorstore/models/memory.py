"""What forward passes keep of memory and processors between one and the next.

glibc maps every large block anew and gives it back, so each of a pass's buffers is zeroed by the
kernel again: on two cores half of the time of a pass went there. What oneDNN makes for a shape that
it has not met (code, and the weights in the order that this takes) it keeps for 1,024 of them, and
texts of any length have so many: a process that answers grew by 3 MB with each question, up to
gigabytes. It keeps few here.

OpenMP's threads, in turn, wait for each other in a loop that keeps the processor busy. Where
anything else runs on it, they wait for the one that was put aside: with one other busy process
beside it on two cores, reading five passages took 1.7 s, and 0.6 s where threads sleep instead;
without one the same time either way (0.35 s).
"""

from __future__ import annotations

import ctypes
import logging
import os
import sys
from functools import cache

log = logging.getLogger(__name__)

_TRIM, _PAD, _MAP = -1, -2, -3
"""`M_TRIM_THRESHOLD`, `M_TOP_PAD` and `M_MMAP_THRESHOLD` of glibc's malloc.h."""

LARGEST = 32 << 20
"""Bytes up to which a block is kept for the next pass, the most that glibc allows."""

KEPT, TAKEN = 512 << 20, 64 << 20
"""Free bytes at the top of the heap that are kept; bytes by which it grows at least."""

SHAPES = "32"
"""Shapes for which oneDNN, and PyTorch's way to it, keep what was made; they ask the environment
when they first make something."""


@cache
def tune_runtime() -> None:
    """Set what oneDNN's cache and glibc's allocator keep, and how OpenMP's threads wait: once for
    this process, before it imports PyTorch. What the environment says of these stays as it is, and
    so does the allocator where the C library is not glibc."""
    for cache_ in ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY"):
        os.environ.setdefault(cache_, SHAPES)
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    if not sys.platform.startswith("linux"):
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return
    done = mallopt(_MAP, LARGEST) and mallopt(_TRIM, KEPT) and mallopt(_PAD, TAKEN)
    log.debug("large blocks are %s", "kept" if done else "given back as before")
