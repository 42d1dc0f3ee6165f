"""What xml:base and xml:lang mean where an element stands, by the rules of feedparser.

Rules of this file: both are read without their prefix, too; a base that leads nowhere changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urljoin

from pipeline.stages.parse.names import Element, attributes

_SAID = frozenset({"xml:base", "base", "xml:lang", "lang"})
_EXTRA_SLASHES = re.compile(r"([A-Za-z][A-Za-z0-9+-.]*://)/*")
# Where a base may lead: what the web calls schemes; anything else (javascript:) is ignored.
_SCHEME_NAMES = (
    "file ftp gopher h323 hdl http https imap magnet mailto mms news nntp prospero rsync rtsp rtspu sftp shttp "
    "sip sips snews svn svn+ssh telnet wais aim callto cvs facetime feed git gtalk irc ircs irc6 itms msnim "
    "skype ssh smb ymsg"
)
_SCHEMES = frozenset(_SCHEME_NAMES.split())


class Scope(NamedTuple):
    """The address that relative ones are read against ("" for none), and the language."""

    base: str = ""
    language: str | None = None

    def inside(self, named: Mapping[str, str]) -> Scope:
        """Give the scope inside an element with the attributes *named*."""
        if _SAID.isdisjoint(named):
            return self
        said = named.get("xml:base", named.get("base"))
        spoken = named.get("xml:lang", named.get("lang"))
        if not said and spoken is None:
            return self
        base, language = self
        return Scope(_based(base, said) if said else base, language if spoken is None else spoken or None)

    def resolved(self, address: str) -> str:
        """*address* as it is meant here."""
        if ":///" in address:
            address = _EXTRA_SLASHES.sub(r"\1", address, count=1)
        if not self.base:
            return address
        try:
            return urljoin(self.base, address)
        except ValueError:
            return ""


NOWHERE = Scope()


def scope_of(element: Element) -> Scope:
    """Give the scope inside *element*."""
    around: list[Element] = []
    one: Element | None = element
    while one is not None:
        around.append(one)
        one = one.getparent()
    scope = NOWHERE
    for one in reversed(around):
        if one.attrib:
            scope = scope.inside(attributes(one))
    return scope


def _based(base: str, said: str) -> str:
    try:
        joined = urljoin(base, _EXTRA_SLASHES.sub(r"\1", said, count=1))
    except ValueError:
        return base
    if not base:
        return joined
    return joined if joined.strip().partition(":")[0] in _SCHEMES else base
