"""Whether polling has to wait: for the workers, who lag behind, or for the store, whose memory is nearly full.

Nothing is lost by waiting: what is due stays due, and a feed shows its articles for hours. A store that refuses
writes (`noeviction`), on the other hand, stops everything at once.
"""

from __future__ import annotations

from pipeline.model import Load

_FULL = 0.9
"""Of the allowed memory; at all of it the store refuses every write."""
_ROOM_AGAIN = 0.8


def reason_to_wait(load: Load, *, most_waiting: int, waits: bool) -> str | None:
    """Say why no feed should be polled for now; None when polling may go on.

    *most_waiting* feeds may have documents waiting. One that *waits* already goes on only when there is room again
    (four fifths of either bound), so that it does not stop and start with every document.
    """
    share = _ROOM_AGAIN if waits else 1.0
    if load.waiting >= most_waiting * share:
        return f"{load.waiting} feeds have documents waiting for a worker, and {most_waiting} may"
    full = load.most_bytes * (_ROOM_AGAIN if waits else _FULL)
    if load.most_bytes and load.used_bytes >= full:
        used, most = load.used_bytes // 1_048_576, load.most_bytes // 1_048_576
        return f"the store uses {used} of {most} MiB (maxmemory)"
    return None
