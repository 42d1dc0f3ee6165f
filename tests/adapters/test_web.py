"""What is asked of real servers on loopback, and where redirects lead."""

from __future__ import annotations

import asyncio
import gzip
import hashlib

import pytest
from asking import SETTINGS, asking, failure, get, no_headers, web
from origin import Origin, OriginThread, RawOrigin

from pipeline.model import NoResponse, Redirect, Response

BODY = b"<rss><channel/></rss>"

# --- What is asked --------------------------------------------------------------------------------------------------


async def test_a_body_arrives_as_it_was_sent_with_the_digest_of_its_content() -> None:
    """Workers get the bytes of the wire; equal content has an equal digest, however it was packed."""
    async with Origin() as origin:
        origin.serve("/plain", BODY)
        origin.serve("/gzip", gzip.compress(BODY, mtime=0), headers={"Content-Encoding": "gzip"})

        plain, packed = await get(origin.url("/plain")), await get(origin.url("/gzip"))

    assert isinstance(plain, Response)
    assert isinstance(packed, Response)
    assert (plain.url, plain.status, plain.body, plain.redirects) == (origin.url("/plain"), 200, BODY, ())
    assert plain.header("content-type") == b"application/rss+xml"
    assert packed.body == gzip.compress(BODY, mtime=0)
    assert plain.digest == packed.digest == hashlib.sha256(BODY).hexdigest()


async def test_we_say_who_we_are_and_nothing_else() -> None:
    """Hosts block readers that hide, and cookies or referrers are nobody's business."""
    async with Origin() as origin:
        origin.serve("/feed", BODY, headers={"Set-Cookie": "id=1"})
        async with web() as client:
            await client.get(origin.url("/feed"), no_headers)
            await client.get(origin.url("/feed"), no_headers)

    sent = dict(origin.log[1].headers)
    assert sent.keys() == {"host", "user-agent", "accept", "accept-encoding"}
    assert sent["user-agent"] == SETTINGS.user_agent.encode()
    assert sent["accept-encoding"] == b"gzip, deflate, br, zstd"
    assert b"application/rss+xml" in sent["accept"]


async def test_an_address_goes_on_the_wire_as_it_is() -> None:
    """An address that is tidied up on the way is another address: some servers sign theirs."""
    path = "/a%2Fb%7e/%C3%A9;p?q=%20+&&x=[1]&%zz"
    async with Origin() as origin:
        origin.serve(path, BODY)

        answer = await get(origin.url(path))

    assert isinstance(answer, Response)
    assert [request.path for request in origin.log] == [path]


ODD_VALUES = [
    b'"caf\xe9\xff"',
    '"caf\u00e9 \ue0a9"'.encode(),
    b'W/"a\tb"',
    b"\xee\x82\xa9\xe9",
    b"no quotes",
    b'"\x80\xbf\xc0"',
]


@pytest.mark.parametrize("value", ODD_VALUES)
async def test_a_validator_goes_back_byte_for_byte(value: bytes) -> None:
    """Validators are opaque: one changed byte makes every poll a full download."""
    async with RawOrigin(b"HTTP/1.1 304 Not Modified\r\nETag: " + value + b"\r\n\r\n") as origin, web() as client:
        answer = await client.get(origin.url("/feed"), lambda _url: (("If-None-Match", value), ("X-Plain", b"1")))

    assert isinstance(answer, Response)
    assert (answer.status, answer.header("etag"), answer.body, answer.digest) == (304, value, b"", "")
    assert b"\r\nIf-None-Match: " + value + b"\r\nX-Plain: 1\r\n" in origin.heads[0]


async def test_a_connection_serves_plain_requests_after_an_odd_one() -> None:
    """What puts odd bytes right is gone once its request is written."""
    async with Origin() as origin:
        origin.serve("/feed", BODY, etag='"1"')
        async with web() as client:
            for value in (b"\xe9", b'"1"', b"\xe9", b'"1"'):
                await client.get(origin.url("/feed"), asking(value))

    assert [request.header("if-none-match") for request in origin.log] == [b"\xe9", b'"1"', b"\xe9", b'"1"']


# --- Redirects ------------------------------------------------------------------------------------------------------


async def test_redirects_are_followed_and_told() -> None:
    """A feed that moved is read at once; what to make of the move is decided elsewhere."""
    async with Origin() as origin:
        for number, status in enumerate((301, 302, 303, 307, 308)):
            origin.serve(f"/{number}", status=status, headers={"Location": f"/{number + 1}"})
        origin.serve("/5", BODY)

        answer = await get(origin.url("/0"))

    assert isinstance(answer, Response)
    assert (answer.url, answer.body) == (origin.url("/5"), BODY)
    assert answer.redirects[0] == Redirect(301, origin.url("/0"), origin.url("/1"))
    assert [hop.status for hop in answer.redirects] == [301, 302, 303, 307, 308]


async def test_validators_go_only_to_the_address_they_belong_to() -> None:
    """Sent to another address, an ETag is a tracking token at best and a false 304 at worst."""
    async with Origin() as origin, web() as client:
        origin.serve("/old", status=302, headers={"Location": "/new"})
        origin.serve("/new", BODY, etag='"1"')
        mine = origin.url("/new")

        answer = await client.get(origin.url("/old"), lambda url: (("If-None-Match", b'"1"'),) if url == mine else ())

    assert isinstance(answer, Response)
    assert (answer.url, answer.status) == (mine, 304)
    assert [request.header("if-none-match") for request in origin.log] == [None, b'"1"']


@pytest.mark.parametrize(
    ("location", "detail"),
    [
        ("/start", "a circle: back to http://"),
        ("", "HTTP 302 with no address to follow"),
        ("gopher://example.org/", "HTTP 302 with no address to follow"),
        ("file:///etc/passwd", "HTTP 302 with no address to follow"),
    ],
)
async def test_a_redirect_that_leads_nowhere_is_a_failure(location: str, detail: str) -> None:
    """Loops and odd schemes end here, with the reason."""
    async with Origin() as origin:
        origin.serve("/start", status=302, headers={"Location": location})

        answer = await failure(origin.url("/start"))

    assert answer.kind == "redirects"
    assert answer.detail.startswith(detail)


async def test_a_chain_of_redirects_has_an_end() -> None:
    """Servers that always redirect further must not keep us busy."""
    async with Origin() as origin:
        for number in range(9):
            origin.serve(f"/{number}", status=302, headers={"Location": f"/{number + 1}"})

        answer = await failure(origin.url("/0"), max_redirects=3)

    assert (answer.kind, len(origin.log)) == ("redirects", 4)


# --- Our own network ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "[::1]", "0.0.0.0"])  # noqa: S104 - asked, not bound
async def test_our_own_network_is_not_asked_unless_allowed(host: str) -> None:
    """A feed is written by a stranger: it must not read what only this machine can reach."""
    async with Origin() as origin:
        answer = await failure(f"http://{host}:{origin.port}/", allow_private_networks=False)

    assert answer.kind == "forbidden-address"
    assert "fetch.allow_private_networks" in answer.detail
    assert origin.log == []


async def test_a_redirect_to_a_forbidden_port_is_refused() -> None:
    """Redirects are checked like any address: the guard sits where the socket is made."""
    async with Origin() as origin:
        origin.serve("/feed", status=302, headers={"Location": "http://127.0.0.1:25/"})

        answer = await failure(origin.url("/feed"))

    assert answer == NoResponse("forbidden-address", "127.0.0.1: port not allowed (80, 443 and 1024 to 65535 are)")


# --- The origin itself ----------------------------------------------------------------------------------------------


def test_an_origin_in_a_thread_serves_tests_that_are_not_async() -> None:
    """Flow tests run processes and change what is served while these poll."""
    with OriginThread() as origin:
        origin.serve("/feed", b"one")
        first = asyncio.run(get(origin.url("/feed")))
        origin.serve("/feed", b"two")
        second = asyncio.run(get(origin.url("/feed")))

    assert isinstance(first, Response)
    assert isinstance(second, Response)
    assert (first.body, second.body, len(origin.requests("/feed"))) == (b"one", b"two", 2)


async def test_a_form_follows_a_redirect_that_keeps_it() -> None:
    """Hubs move as well: a 308 takes the same form to the new address (RFC 9110 section 15.4.9)."""
    async with Origin() as origin, web() as client:
        origin.serve("/hub", status=308, headers={"Location": "/new"})
        origin.serve("/new", b"accepted", status=202)
        origin.serve("/circle", status=307, headers={"Location": "/circle"})

        answer = await client.post(origin.url("/hub"), {"hub.mode": "subscribe"})
        circle = await client.post(origin.url("/circle"), {"hub.mode": "subscribe"})

    assert isinstance(answer, Response)
    assert (answer.status, answer.url) == (202, origin.url("/new"))
    assert [request.method for request in origin.requests("/new")] == ["POST"]
    assert isinstance(circle, NoResponse)
    assert circle.kind == "redirects"
