"""An article page -> the article: its body, who wrote it and when, and what else the page shows.

bytes ─▶ text ─▶ tree ─▶ blocks in boxes ─▶ the box of the article ─▶ body ─┐
         │        └─▶ JSON-LD, meta tags, <time>, bylines ─▶ witnesses ──────┼─▶ PageArticle
         └─▶ lines of a flat page ─▶ body, headline, other headlines ────────┘
"""

from __future__ import annotations

from pipeline.stages.extract.boilerplate import SiteMemory, learnt, packed, unpacked
from pipeline.stages.extract.merge import merge_page
from pipeline.stages.extract.page import read_page

__all__ = ["SiteMemory", "learnt", "merge_page", "packed", "read_page", "unpacked"]
