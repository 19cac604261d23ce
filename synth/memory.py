"""The memory of a process that runs for long: what is let go is used again, and what is garbage is found soon.

The C library gives threads heaps of their own, up to eight for each core. What one thread frees the others cannot use,
so a server of many threads holds several times what it needs. Large blocks go back to the system when they are freed,
as long as the line above which they are large does not move; it moves up whenever such a block is freed, unless it is
set. All of this is glibc's; elsewhere nothing is done.
"""

import ctypes
import gc
import os
from typing import Final

HEAPS: Final = 2
LARGE: Final = 1 << 20  # bytes from which on a block is the system's again when it is freed
SPARE: Final = 4 << 20  # bytes at the end of a heap that it keeps when they are freed
SEARCHED: Final = (1_000, 10, 2)  # new objects between two searches; of those, how many to one of the next age
_ARENA_MAX, _MMAP_THRESHOLD, _TRIM_THRESHOLD = -8, -3, -1  # as <malloc.h> has them
_OPTIONS: Final = {  # by the variable that glibc itself reads
    "MALLOC_ARENA_MAX": (_ARENA_MAX, HEAPS),
    "MALLOC_MMAP_THRESHOLD_": (_MMAP_THRESHOLD, LARGE),
    "MALLOC_TRIM_THRESHOLD_": (_TRIM_THRESHOLD, SPARE),
}


def share_heaps() -> bool:
    """Let all threads share few heaps, unless the environment says how many; False where that cannot be said.

    To be called before threads begin: the heap of a thread stays what it is.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None) if os.name == "posix" else None
    if set_option is None:
        return False
    done = [bool(set_option(*given)) for name, given in _OPTIONS.items() if name not in os.environ]
    return all(done)


def settle() -> None:
    """Search for garbage often from now on, and leave what is there by now out of it: code, routes, tables, which stay.

    A command searches after 100,000 new objects: most end before. What is under way at that moment is searched again
    after eleven times as many, and then after eleven times those: hours, in which statements, which hold themselves,
    pile up. Without the half million objects that stay a search of everything takes milliseconds.
    """
    gc.collect()
    gc.freeze()
    gc.collect()  # how many are found here is held against what comes
    gc.set_threshold(*SEARCHED)
