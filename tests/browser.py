"""A real Chromium for tests: it is shown many pages in one start, and tells which of them ran a script.

Every page stands in a frame of one page of ours on loopback, is loaded, clicked at and stirred by events as a reader
would, and taken away. A script that runs calls `ran(number)` of the top window, which asks for /ran/NUMBER.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from aiohttp import web

ABSENT = "no chromium on PATH: install the package chromium to see vectors rendered"
_LIMIT_SECONDS = 240
_GIF = bytes.fromhex("47494638396101000100800000000000ffffff2c00000000010001000002024401003b").decode("latin-1")
_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--remote-debugging-port=0"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
_VISITOR = """<!DOCTYPE html><meta charset="utf-8"><body><script>
function ran(number) { fetch("/ran/" + number, {keepalive: true}); }
const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));
const EVENTS = "mouseover mouseenter mousedown pointerdown keydown focus blur submit toggle wheel".split(" ");
function stir(page) {
  page.addEventListener("click", event => {
    const link = event.target.closest && event.target.closest("a");
    if (link && /^(?:https?|mailto|data|feed|view-source):/.test(link.href)) event.preventDefault();
  });
  for (const element of page.querySelectorAll("*")) {
    for (const name of EVENTS) element.dispatchEvent(new Event(name, {bubbles: true}));
    if (element.focus) element.focus();
    element.dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true, view: page.defaultView}));
  }
}
async function visit(number) {
  const frame = document.createElement("iframe");
  const loaded = new Promise(resolve => frame.onload = resolve);
  frame.src = "/page/" + number;
  document.body.append(frame);
  await Promise.race([loaded, pause(2000)]);
  try { stir(frame.contentDocument); } catch (error) { /* it went elsewhere */ }
  await pause(60);
  frame.remove();
}
async function all(count) {
  let next = 0;
  const reader = async () => { while (next < count) await visit(next++); };
  await Promise.all(Array.from({length: 8}, reader));
  await pause(300);
  fetch("/done");
}
all(COUNT);
</script>"""

_FILES = {
    "": (_VISITOR, "text/html"),
    "script": ("top.ran(NUMBER)", "text/javascript"),
    "ok": ("x", "text/html"),
    "ok.gif": (_GIF, "image/gif"),
    "ok.css": ("b{}", "text/css"),
}


def chromium() -> str | None:
    """Give the path of the browser; None when there is none."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def inserted(html: str) -> str:
    """Give a page that sets *html* by innerHTML, as readers of feeds do."""
    literal = json.dumps(html).replace("<", "\\u003c")
    return f"<script>window.addEventListener('DOMContentLoaded', () => document.body.innerHTML = {literal})</script>"


@dataclass(slots=True)
class _Show:
    pages: Sequence[str]
    ran: set[int] = field(default_factory=set)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.Response:
        """Serve the pages, scripts and pictures, and write down what runs."""
        kind, _, number = request.path.strip("/").partition("/")
        if kind == "page" and number.isdigit():
            page = f'<!DOCTYPE html><meta charset="utf-8"><title>x</title><body>{self.pages[int(number)]}'
            return web.Response(body=page.encode(), content_type="text/html")
        if kind == "ran" and number.isdigit():
            self.ran.add(int(number))
        if kind == "done":
            self.done.set()
        body, content_type = _FILES.get(kind, ("", "text/plain"))
        text = body.replace("NUMBER", number).replace("COUNT", str(len(self.pages)))
        return web.Response(body=text.encode("latin-1"), content_type=content_type, status=200 if text else 404)


async def _shown(browser: str, pages: Sequence[str]) -> set[int]:
    show = _Show(pages)
    server = web.AppRunner(web.Application())
    server.app.router.add_route("*", "/{path:.*}", show.answer)
    await server.setup()
    site = web.TCPSite(server, "127.0.0.1", 0)
    await site.start()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            browser, *_FLAGS, f"--user-data-dir={profile}", f"http://127.0.0.1:{server.addresses[0][1]}/",
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            await asyncio.wait_for(show.done.wait(), _LIMIT_SECONDS)
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
            await server.cleanup()
    return show.ran


def scripts_run(browser: str, pages: Sequence[str]) -> set[int]:
    """Show *pages* (the HTML of each one's body) in *browser*; give the numbers passed to `ran` by any of them.

    Raises:
        TimeoutError: the browser did not get through all pages.
    """
    return asyncio.run(_shown(browser, pages))
