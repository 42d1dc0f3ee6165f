"""What a page says of itself in its head: meta tags, links, the language of the root; first come, first kept."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

_MOST_TAGS = 2_000


@dataclass(frozen=True, slots=True)
class Head:
    """Meta tags by their lower-case name (all values, in order), the title, the canonical address, the language."""

    meta: dict[str, tuple[str, ...]]
    title: str | None = None
    canonical: str | None = None
    language: str | None = None

    def first(self, *names: str) -> str | None:
        """Give the first value of the first of *names* that is there."""
        return next((self.meta[name][0] for name in names if name in self.meta), None)


def head_of(root: etree._Element) -> Head:
    """Read the head of the page under *root*; tags that stand in the body count too, as readers of pages expect."""
    meta: dict[str, list[str]] = {}
    for count, tag in enumerate(root.iter("meta")):
        if count > _MOST_TAGS:
            break
        content = (tag.get("content") or "").strip()
        if content:
            for name in dict.fromkeys(
                (tag.get(key) or "").strip().lower() for key in ("property", "name", "itemprop", "http-equiv")
            ):
                if name:
                    meta.setdefault(name, []).append(content)
    title = root.find(".//title")
    canonical = next(
        (link.get("href") for link in root.iter("link") if (link.get("rel") or "").lower() == "canonical"), None
    )
    return Head(
        meta={name: tuple(values) for name, values in meta.items()},
        title=None if title is None else title.text,
        canonical=canonical,
        language=root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang"),
    )
