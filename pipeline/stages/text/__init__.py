"""What a piece of text or HTML reads as: plain text, one line of title, clean characters, HTML that is safe to show.

Feeds escape HTML once, twice or not at all; what cannot be told apart is taken as it reads best.
"""

from __future__ import annotations

from pipeline.stages.text.characters import clean
from pipeline.stages.text.plain import plain_text, title_text
from pipeline.stages.text.safe import html_and_text, safe_html

__all__ = ["clean", "html_and_text", "plain_text", "safe_html", "title_text"]
