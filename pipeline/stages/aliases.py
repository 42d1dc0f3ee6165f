"""Decides whether an entry with a key never seen is an article that its feed has shown under another key.

Rules of this file: only the feed's own articles are asked; one that the document still shows under its own key is
never taken, and evidence that two entries or two articles share is none. What is in doubt is a new article: a second
copy is a nuisance, a lost article is a loss. The traps are those of the threads named in `tests/stages/aliases.py`.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple
from urllib.parse import urlsplit

from pipeline.model import Article, Entry
from pipeline.stages.url_identity import identity_key

MOST_CARRIERS = 1000
"""Articles of a feed whose aliases are remembered: 57 KB for the longest feed, 6 KB for a usual one."""

_FEWEST_CARRIERS = 200
_WINDOW_DAYS = 60
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_HOST_END = re.compile("[/?]")
_FEWEST_WORDS = 2
_WHOLLY = ("address", "title", "moment")
# The number that an address gives its article, whatever the words around it; dates are none.
_NUMBERED = re.compile(r"(?<![0-9])[0-9]{4,}(?![0-9])")
_DATE = re.compile(r"(?:19|20)[0-9]{2}(?:[01][0-9](?:[0-3][0-9](?:[0-9]{2}){0,3})?)?")
_VERSION = 2
_CARRIER = struct.Struct(">16s8s6s4s4s4s4s4s4sHB")


class Aliases(NamedTuple):
    """What else an entry may be known by, each as a digest; b"" where it says nothing.

    `name` digests its own key, `guid` its guid but for scheme, www and tracking, `guid_path` the same without its
    host; `address` is where it leads, `page` the same without parameters where there is no guid; `title` and
    `moment` are its words and when it was published; `number` is the number that its address gives it.
    """

    name: bytes
    guid: bytes = b""
    guid_path: bytes = b""
    address: bytes = b""
    page: bytes = b""
    title: bytes = b""
    moment: bytes = b""
    number: bytes = b""


EVIDENCE = (
    "its own key",
    "its guid, but for scheme, www and tracking",
    "its address, title and date",
    "its address and date",
    "its address without parameters, title and date",
    "its guid on another host, title and date",
    "its title and date",
    "the number in its address, and its date",
)
"""What may prove that two entries are one article, the strongest first, in words."""


class Carrier(NamedTuple):
    """An article of a feed with its aliases, and the day (since the epoch) on which it was last shown.

    `proof` tells (a position in `EVIDENCE`) what it was recognised by when it last came under another key.
    """

    article_id: str
    aliases: Aliases
    day: int
    proof: int = 0


def aliases_of(entry: Entry, article: Article, name: bytes) -> Aliases:
    """Tell what the *article* made of *entry* may be known by; *name* digests the entry's key (8 bytes)."""
    guid = (entry.guid or "").strip()
    link = article.url or ""
    address = identity_key(link) if link and not _is_home(link) else ""
    words = (article.title or "").casefold().split()
    is_address = bool(_ADDRESS.match(guid))
    return Aliases(
        name,
        _digest(_whole(guid), 6) if is_address else b"",
        _digest(_path(guid), 4) if is_address else b"",
        _digest(address, 4),
        _digest(address.partition("?")[0], 4) if not guid else b"",
        _digest(" ".join(words), 4) if len(words) >= _FEWEST_WORDS or len("".join(words)) >= 8 else b"",
        _digest(str(article.published.at_ms), 4) if article.published else b"",
        _digest(_number(address), 4),
    )


def bound(
    unknown: Mapping[str, Aliases], carriers: Sequence[Carrier], *, shown: Collection[str], names: Collection[bytes]
) -> dict[str, tuple[str, int]]:
    """Give the ids of *unknown* entries that are articles known by another id: their id now → the article's.

    With each comes what proves it, a position in `EVIDENCE`.

    *carriers* is the feed's memory; *shown* are the ids of the document's known articles and *names* the digests
    of the keys of entries that were skipped: those articles are still there and are nobody else.
    """
    found: dict[str, tuple[str, int]] = {}
    taken = {one.article_id for one in carriers if one.article_id in shown or one.aliases.name in names}
    evidence = {article_id: _evidence(aliases) for article_id, aliases in unknown.items()}
    carried = [(one.article_id, _evidence(one.aliases)) for one in carriers]
    for kind in range(len(EVIDENCE)):
        claims = _holders((article_id, said[kind]) for article_id, said in evidence.items())
        owners = _holders((article_id, said[kind]) for article_id, said in carried)
        for value, claimants in claims.items():
            holders = owners.get(value, ())
            if len(claimants) == 1 and len(holders) == 1 and claimants[0] not in found and holders[0] not in taken:
                found[claimants[0]] = holders[0], kind
                taken.add(holders[0])
    return {here: known for here, known in found.items() if here != known[0]}


def ways_to_recognise(aliases: Aliases) -> tuple[str, ...]:
    """Name what an article with *aliases* can be recognised by, the strongest first."""
    return tuple(words for words, said in zip(EVIDENCE, _evidence(aliases), strict=True) if said)


def is_succeeded(aliases: Aliases, article_id: str, carriers: Sequence[Carrier]) -> bool:
    """Tell whether the only entry of a document, known as *article_id*, is another article under the same guid.

    A feed of one item may give each the same guid: then title, address and date all differ from what was shown last.
    """
    former = next((one.aliases for one in carriers if one.article_id == article_id), None)
    pairs = [] if former is None else [(getattr(aliases, name), getattr(former, name)) for name in _WHOLLY]
    return bool(pairs) and all(here and there and here != there for here, there in pairs)


def remembered(
    carriers: Sequence[Carrier],
    seen: Mapping[str, Aliases],
    *,
    names: Collection[bytes],
    today: int,
    proofs: Mapping[str, int],
) -> tuple[Carrier, ...]:
    """Give the memory after a document that showed *seen*, and entries of the key digests *names* that were skipped.

    *proofs* tells what those were recognised by that came under another key.
    The latest shown are kept: twice as many as the document shows, at least 200 and at most 1,000, of 60 days.
    """
    kept = [
        one._replace(day=today) if one.aliases.name in names else one
        for one in carriers
        if one.article_id not in seen and (one.day > today - _WINDOW_DAYS or one.aliases.name in names)
    ]
    before = {one.article_id: one.proof for one in carriers}
    here = [
        Carrier(article_id, aliases, today, proofs.get(article_id, before.get(article_id, 0)))
        for article_id, aliases in seen.items()
    ]
    room = min(max(2 * (len(here) + len(names)), _FEWEST_CARRIERS), MOST_CARRIERS)
    return tuple(sorted((*here, *kept), key=lambda one: -one.day)[:room])


def _evidence(aliases: Aliases) -> tuple[bytes, ...]:
    """List what each alone proves that two entries are one article, the strongest first; b"" for what is missing.

    Titles and addresses return ("News in brief", a live page), so each needs the other or the moment; where the
    moment is said by one and not by the other, or differs, the title under an address is another article's.
    """
    name, guid, guid_path, address, page, title, moment, number = aliases
    return (
        name,
        guid,
        address + title + moment if address and title else b"",
        address + moment if address and moment else b"",
        b"page" + page + title + moment if page and title else b"",
        guid_path + title + moment if guid_path and title else b"",
        title + moment if title and moment else b"",
        b"number" + number + moment if number and moment else b"",
    )


def _holders(pairs: Iterable[tuple[str, bytes]]) -> dict[bytes, list[str]]:
    """List who holds each value; nobody holds b""."""
    holders: dict[bytes, list[str]] = {}
    for article_id, value in pairs:
        if value:
            holders.setdefault(value, []).append(article_id)
    return holders


def _whole(guid: str) -> str:
    """Give *guid*, an address, but for what may change on the quiet; its fragment tells entries of a page apart."""
    return f"{identity_key(guid)}#{guid.partition('#')[2]}"


def _path(guid: str) -> str:
    """Give *guid* without its host, nothing when no more is left than of any home page."""
    behind_host = _HOST_END.split(_whole(guid), maxsplit=1)
    return behind_host[1] if len(behind_host) > 1 and len(behind_host[1]) > len("#") + 1 else ""


def _number(address: str) -> str:
    """Give the host of *address* (an identity key) and the one number in its last part that is no date; else ""."""
    last = address.rsplit("/", 1)[-1]
    numbers = [each for each in _NUMBERED.findall(last) if not _DATE.fullmatch(each)]
    return f"{_HOST_END.split(address, maxsplit=1)[0]} {numbers[0]}" if len(numbers) == 1 else ""


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return not parts.path.strip("/") and not parts.query and not parts.fragment


def _digest(text: str, size: int) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).digest() if text.strip("#") else b""


# --- As bytes -----------------------------------------------------------------------------------------------------


def pack_carriers(carriers: Sequence[Carrier]) -> bytes:
    """Write *carriers* as bytes: a version, then 57 bytes for each."""
    packed = [
        _CARRIER.pack(bytes.fromhex(one.article_id), *one.aliases, max(0, min(one.day, 0xFFFF)), one.proof)
        for one in carriers
    ]
    return bytes([_VERSION]) + b"".join(packed)


def unpack_carriers(data: bytes) -> tuple[Carrier, ...]:
    """Read back what `pack_carriers` wrote; nothing of another version: aliases are learnt again."""
    if not data or data[0] != _VERSION or (len(data) - 1) % _CARRIER.size:
        return ()
    return tuple(
        Carrier(article_id.hex(), Aliases(*(part if any(part) else b"" for part in parts)), day, proof)
        for article_id, *parts, day, proof in _CARRIER.iter_unpack(data[1:])
    )
