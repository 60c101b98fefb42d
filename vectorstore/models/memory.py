"""Keeps the C library from giving memory back to the system between forward passes.

glibc maps every large block anew and gives it back, so each of a pass's buffers is zeroed by the
kernel again: on two cores half of the time of a pass went there.
"""

from __future__ import annotations

import ctypes
import logging
import sys
from functools import cache

log = logging.getLogger(__name__)

_TRIM, _PAD, _MAP = -1, -2, -3
"""`M_TRIM_THRESHOLD`, `M_TOP_PAD` and `M_MMAP_THRESHOLD` of glibc's malloc.h."""

LARGEST = 32 << 20
"""Bytes up to which a block is kept for the next pass, the most that glibc allows."""

KEPT, TAKEN = 512 << 20, 64 << 20
"""Free bytes at the top of the heap that are kept; bytes by which it grows at least."""


@cache
def keep() -> None:
    """Set it for this process, once; does nothing where the C library is not glibc."""
    if not sys.platform.startswith("linux"):
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return
    done = mallopt(_MAP, LARGEST) and mallopt(_TRIM, KEPT) and mallopt(_PAD, TAKEN)
    log.debug("large blocks are %s", "kept" if done else "given back as before")
