"""newswire: every article once, clean and in order, on a Redis stream. This is what a subscriber imports.

feeds ──▶ fetch ──▶ backlog (RQ) ──▶ parse ─▶ normalize ─▶ identify ──▶ accept ──▶ articles ──▶ subscribers
(when?)   (async)   raw documents    entries   Article      same?        (atomic)   stream + channel

from pipeline import Article, follow

async for delivery in follow("redis://localhost", group="archive", consumer="a1"):
    store(delivery.article)
    await delivery.ack()
"""

from __future__ import annotations

from pipeline.adapters.subscription import Delivery, follow
from pipeline.model import Article

__all__ = ["Article", "Delivery", "follow"]
