"""A peer of the fetch benchmark: the feed reader library `reader`, asked to update feeds that have not changed.

    python -m tests.benchmarks.reader_peer ROUNDS < ADDRESSES

Run by a Python that has it, and nothing else of ours: see `bench_fetch.py`. It prints the CPU seconds of one poll, in
the mean of ROUNDS over all addresses, after two that do not count: the first brings entries, the second settles.
"""

from __future__ import annotations

import sys
import time

from reader import make_reader


def main() -> None:
    """Measure and print; AssertionError where a poll failed or brought anything."""
    rounds, urls = int(sys.argv[1]), sys.stdin.read().split()
    with make_reader(":memory:") as reader:
        for url in urls:
            reader.add_feed(url)
        for _ in range(2):
            reader.update_feeds(scheduled=False)
        start = time.process_time()
        for _ in range(rounds):
            results = [result.value for result in reader.update_feeds_iter(scheduled=False)]
            assert results == [None] * len(urls), "not every feed was polled and found unchanged"
        seconds = time.process_time() - start
    sys.stdout.write(f"{seconds / rounds / len(urls)}\n")


if __name__ == "__main__":
    main()
