"""What every process of ours does at its start."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys

import pytest

from workers.lifecycle import SUPERVISOR_PID

_MEASURED = """
from pathlib import Path
from workers.lifecycle import collect_garbage_rarely, give_large_blocks_back, give_unused_memory_back, share_one_heap

def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

give_large_blocks_back()
"""
_HOLES = """
bytearray(30_000_000)  # freed at once: from here on glibc would keep blocks of this size
before = resident_mb()
large, small = [], []
for _ in range(10):
    large.append(bytearray(3_000_000))
    small.append(bytearray(5_000))
large.clear()
print(resident_mb() - before)
"""
_BURST = """
before = resident_mb()
bodies, kept = [], []
for _ in range(2_000):
    bodies.append(bytearray(20_000))
    kept.append(bytearray(600))
bodies.clear()
taken = resident_mb() - before
give_unused_memory_back()
print(taken, resident_mb() - before)
"""
_CYCLES = """
import gc

class Connection:
    def __init__(self):
        self.peer, self.buffer = self, bytearray(20_000)

collect_garbage_rarely()
before = resident_mb()
connections = [Connection() for _ in range(2_000)]
gc.collect(1)  # those that live by now are only looked at again when all are
connections.clear()
taken = resident_mb() - before
give_unused_memory_back()
print(taken, resident_mb() - before)
"""
_THREADS = """
from itertools import pairwise
from threading import Barrier, Thread

HEAP_BYTES = 2**26  # glibc begins each at a multiple of it, and keeps what it does not use yet behind what it uses

def take():
    blocks = [bytearray(5_000) for _ in range(200)]
    taken.wait()
    ended.wait()

def mapping(line):
    ends, rights, *_ = line.split()
    return *(int(end, 16) for end in ends.split("-")), rights

def heaps_of_threads():
    for _ in range(4):
        Thread(target=take).start()
    taken.wait()
    lines = Path("/proc/self/maps").read_text().splitlines()
    ended.wait()
    return sum(
        begin % HEAP_BYTES == 0 and rights == "rw-p" and behind == (end, begin + HEAP_BYTES, "---p")
        for (begin, end, rights), behind in pairwise(map(mapping, lines))
    )

taken, ended = Barrier(5), Barrier(5)
share_one_heap()
print(heaps_of_threads())
"""
_DEVOTED = """
from workers.lifecycle import end_with_parent

end_with_parent()
"""


def measured(script: str) -> list[float]:
    """Run *script* in a process of its own, which measures its memory; give the numbers that it prints."""
    done = subprocess.run([sys.executable, "-c", _MEASURED + script], capture_output=True, text=True, check=True)
    return [float(number) for number in done.stdout.split()]


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps the memory of large blocks")
def test_the_memory_of_large_bodies_goes_back_to_the_system() -> None:
    """A daemon lives for months: what one bad hour of its hosts takes must not stay taken."""
    (left,) = measured(_HOLES)

    assert left < 2.0, "megabytes"


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps the memory of small blocks")
def test_the_memory_of_a_burst_of_bodies_goes_back_to_the_system() -> None:
    """What lives on between freed bodies must not keep their pages: else each larger burst stays for ever."""
    taken, left = measured(_BURST)

    assert taken > 30, "megabytes: nothing to give back, nothing shown"
    assert left < 12, "megabytes"


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps the memory of small blocks")
def test_what_lived_for_a_while_goes_back_to_the_system() -> None:
    """Connections that broke are cycles of garbage, and a daemon may wait for days until Python looks for such."""
    taken, left = measured(_CYCLES)

    assert taken > 30, "megabytes: nothing to give back, nothing shown"
    assert left < 5, "megabytes"


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc gives each thread a heap of its own")
def test_threads_take_memory_from_one_heap() -> None:
    """What the store's threads free must serve the next one: their own heaps grew for as long as the daemon lived."""
    (alone,) = measured(_THREADS.replace("share_one_heap()\n", ""))
    (together,) = measured(_THREADS)

    assert alone > 0, "heaps: nothing to share, nothing shown"
    assert together == 0, "heaps"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has died")
def test_a_process_whose_supervisor_died_before_it_could_ask_ends() -> None:
    """The kernel tells of a death only who has asked before it: nobody must be left behind by one just before."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()

    done = subprocess.run(
        [sys.executable, "-c", _DEVOTED], env={**os.environ, SUPERVISOR_PID: str(dead.pid)}, check=False
    )

    assert done.returncode == -signal.SIGTERM


def test_a_process_that_was_started_by_hand_lives_under_whoever_started_it() -> None:
    """To look into a fault one starts a single daemon or worker, from a shell that tells it nothing."""
    subprocess.run([sys.executable, "-c", _DEVOTED], check=True)
