"""An article page in its parts, written for these tests: a frame with all that a site puts around a story."""
# ruff: noqa: E501 - lines of a page

from __future__ import annotations

URL = "https://www.coast.example/news/2023/05/04/harbour-museum-reopens?utm_source=feed"
PARAGRAPHS = (
    "The harbour museum will reopen to visitors next month after two years of repairs, its trustees said on Thursday.",
    "Water rose to a metre and a half in the lower galleries during the storm of 2021 and ruined the old wiring.",
    "“We had to take out every floorboard and dry it by hand,” said the director, who has run the museum since 2012.",
    "It was slow work.",
    "The repairs cost 2.3 million pounds, most of it paid by insurers and by a public appeal that drew 11,000 gifts.",
    "Entry will be free for the first week, and schools can book guided tours of the restored ships from Monday.",
)
HEAD = """
<title>Harbour museum to reopen after flood repairs | The Coast</title>
<meta charset="utf-8"><meta property="og:title" content="Harbour museum to reopen after flood repairs | The Coast">
<meta property="og:site_name" content="The Coast"><meta name="description" content="Two years after the storm.">
<meta property="og:image" content="/images/museum.jpg">
<link rel="canonical" href="https://www.coast.example/news/2023/05/04/harbour-museum-reopens">
"""
LINKED = """
<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
  {"@type": "WebPage", "datePublished": "2001-01-01"},
  {"@type": "Person", "@id": "#gray", "name": "Martha Gray"},
  {"@type": "NewsArticle", "headline": "Harbour museum to reopen after flood repairs", "inLanguage": "en-GB",
   "author": [{"@id": "#gray"}, {"@type": "Person", "name": "John Roe and Ann Poe"}],
   "datePublished": "2023-05-04T09:15:00+01:00", "dateModified": "2023-05-04T11:00:00+01:00",
   "image": {"@type": "ImageObject", "url": "https://img.coast.example/museum.jpg"}},
]}</script>
"""
BODY = (
    "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[:3])
    + """
<aside><h3>Related</h3><p>Storm defences along the coast are still unfinished, two years on, and nobody knows why.</p></aside>
<p><strong>Read more:</strong> <a href="/storm">Storm defences along the coast still unfinished</a></p>
"""
    + "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[3:])
)
FRAME = """<!doctype html><html lang="en"><head>{head}</head><body class="has-sidebar">
<nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul></nav>
<main><article><h1>Harbour museum to reopen after flood repairs</h1>
<p class="byline">By <a rel="author" href="/gray">Martha Gray</a></p>
<p>Published <time datetime="2023-05-04T09:15:00+01:00">4 May 2023</time></p>
<figure><img src="m.jpg"><figcaption>The museum in April, before its doors were hung again. Photo: Coastal Press</figcaption></figure>
<div class="story">{body}</div>
<div class="share-tools"><a href="#">Share this article</a></div>
<section class="comments"><h2>Comments</h2><p>I went there as a child and have never forgotten the smell of the ropes and the tar.</p></section>
</article>
<div><h2>More from The Coast</h2><ul><li><a href="/1">Council approves new cycle lanes for the ring road</a></li>
<li><a href="/2">Local bakery wins national award for sourdough</a></li></ul></div></main>
<footer><p>© The Coast. All rights reserved. Registered office: 1 Quay Street, where nobody has an office any more.</p></footer>
</body></html>"""
STORY = FRAME.format(head=HEAD + LINKED, body=BODY)
