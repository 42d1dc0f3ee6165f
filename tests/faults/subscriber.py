"""A subscriber: prints kind and title of each delivery to a consumer group, and acknowledges the first so many.

python subscriber.py URL GROUP CONSUMER ACKNOWLEDGED
"""

from __future__ import annotations

import asyncio
import json
import sys

from pipeline import follow


async def main(url: str, group: str, consumer: str, acknowledged: int) -> None:
    """Read until killed."""
    count = 0
    async for delivery in follow(url, group=group, consumer=consumer, claim_after_seconds=1.0):
        print(json.dumps([delivery.article.kind, delivery.article.title]), flush=True)  # noqa: T201 - what it was told is its output
        if count < acknowledged:
            await delivery.ack()
        count += 1


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4], int(sys.argv[4])))
