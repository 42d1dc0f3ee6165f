"""What safe_html lets through runs no script, in the eyes of a real browser."""

from __future__ import annotations

import re

import pytest

from pipeline.stages.text import html_and_text, safe_html
from tests.browser import ABSENT, chromium, inserted, scripts_run
from tests.script_vectors import VECTORS

BASE = "http://127.0.0.1/"
ALLOWED = re.compile(
    r"<(?!/?(?:script|style|iframe|object|embed|svg|math|form|meta|base|link|template|noscript)\b)[/a-z]"
)
FEWEST_THAT_RUN = 100


def armed(vector: str, number: int) -> str:
    """Give *vector* so that it tells *number* when it runs."""
    return vector.replace("RUN", f"top.ran({number})").replace("SRC", f"/script/{number}")


@pytest.mark.parametrize("vector", VECTORS)
def test_nothing_that_runs_is_left_in_the_markup(vector: str) -> None:
    """The same without a browser: no element that loads or runs, no event, no address but of three schemes."""
    safe = safe_html(armed(vector, 1), base_url=BASE)

    for tag in re.findall(r"<[^>]*>", safe):
        assert ALLOWED.match(tag), tag
        assert not re.search(r" (?:on[a-z]+|style|srcdoc|formaction)=", re.sub(r'="[^"]*"', "=", tag)), tag
        for address in re.findall(r' (?:href|src|cite)="([^"]*)"', tag):
            assert re.match(r"(?:https?|mailto):", address), tag
    assert html_and_text(safe, base_url=BASE)[0] == html_and_text(armed(vector, 1), base_url=BASE)[0]


def test_no_vector_runs_in_a_real_browser() -> None:
    """A sanitiser is judged by what browsers do: feedparser's lets `jav&#x09;ascript:` through, which they run.

    The raw vectors are shown as well: when few of them run, it is the harness that sees nothing.
    """
    browser = chromium()
    if browser is None:
        pytest.skip(ABSENT)
    count = len(VECTORS)
    raw = [armed(vector, number) for number, vector in enumerate(VECTORS)]
    as_document = [safe_html(armed(vector, count + number), base_url=BASE) for number, vector in enumerate(VECTORS)]
    by_script = [
        inserted(safe_html(armed(vector, 2 * count + number), base_url=BASE)) for number, vector in enumerate(VECTORS)
    ]

    ran = scripts_run(browser, [*raw, *as_document, *by_script])

    assert [VECTORS[number % count] for number in sorted(ran) if number >= count] == []
    assert len(ran) >= FEWEST_THAT_RUN, [VECTORS[number] for number in sorted(ran)]
