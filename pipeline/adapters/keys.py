"""Every Redis name of ours, each spelled here and nowhere else.

All names begin with the namespace in braces, so that they share one cluster slot and a script may use several.

| name | type | lives | what it holds |
| --- | --- | --- | --- |
| `{ns}:feeds` | hash feed id → JSON | for ever | the feed list |
| `{ns}:states:<feed>` | hash | as long as the feed | what we remember of a feed: validators, digest, failures |
| `{ns}:due` | zset feed id → ms | as long as the feeds | when to poll; while a feed is leased, when its lease ends |
| `{ns}:leases` | hash feed id → token | as long as the feeds | which lease may settle the feed (fencing) |
| `{ns}:tokens`, `{ns}:clocks` | counter, hash | for ever | the last token given; what the clock showed lately |
| `{ns}:hosts:<scope>`, and `…:turns` | hash, zset | TTL 1 h and more | how a host is asked; turns of its feeds |
| `{ns}:hosts:<scope>:running` | zset feed id → ms | TTL, a minute | requests to a host that run now |
| `{ns}:documents:<id>` | hash | until processed | a raw document, body as it came |
| `{ns}:mailboxes:<feed>` | list of document ids | until empty | documents of one feed, in order of arrival |
| `{ns}:backlog` | zset feed id → ms | until empty | feeds with documents waiting; when to hand them on (again) |
| `{ns}:claims` | hash feed id → JSON | until processed | which job works on which document, how often it was tried |
| `{ns}:finished:<fence>` | string | TTL 1 min | how a document was closed: for who sends that again |
| `{ns}:seen:<feed>`, and `…:<n>` | hash 8-byte id → record | the feed and a week | articles published, in shards |
| `{ns}:shards` | hash feed id → numbers | as long as the feeds | how many shards, and articles in them, where many |
| `{ns}:aliases:<feed>` | string | the feed and a week | what else its latest articles are known by, packed |
| `{ns}:addresses:<day>` | hash digest → names | TTL 4 days | which feed of a site told of the article at an address |
| `{ns}:items:<feed>` | string | the feed and a week | names of the items of its last document, told by their bytes |
| `{ns}:sketches` | hash | for ever | the generations of the index of near-duplicates |
| `{ns}:sketches:<generation>:<n>` | string | one to two windows | shingles → articles, and their samples |
| `{ns}:articles` | stream, and channel | trimmed by age | what was published: the storage channel and the wake-up |
| `{ns}:dead`, `{ns}:dead_deliveries` | stream | trimmed by size | documents not processed; articles not taken |
| `{ns}:totals`, `{ns}:counts:<feed>` | hash | for ever; as the feed | item accounting over all feeds; of one |
| `{ns}:health` | hash feed id → JSON | as long as the feeds | how each feed does, since when, and why; so of groups |
| `{ns}:alerts` | stream | trimmed by length | changes of health, and gaps: feed, from, to, since, what to do |
| `{ns}:rhythms`, `{ns}:plans` | hash feed id → bytes | as the feeds | when entries appeared; the next polls, packed |
| `{ns}:weights` | hash folder → number | for ever | what the entries of the feeds in a folder count |
| `{ns}:latencies`, `{ns}:latencies:<feed>` | hash | for ever; as the feeds | how soon articles were seen |
| `{ns}:account`, `{ns}:schedule` | string | for ever | price and budget of requests; settings of the due times |
| `{ns}:subscriptions` | hash feed id → JSON | as long as the feeds | what was agreed with the feed's hub |
| `{ns}:asking:<feed>`, `{ns}:pushed:<feed>:<digest>` | string | TTL 1 min; a day | its hub is asked; a body came |
| `{ns}:robots:<hash>`, `{ns}:sites:<hash>` | string | TTL 1 to 24 h; 30 days | a host's rules; its repeated lines |
| `{ns}:pages` | zset article id → ms | until fetched | article pages to fetch, and when (again): 10,000 |
| `{ns}:page_leases`, `{ns}:backfill_leases` | hash → token | until fetched | which lease may hand it on (fencing) |
| `{ns}:backfills` | zset name → ms | until walked | older pages of feeds to fetch after a gap, and when (again) |
| `{ns}:pages:<article>`, `{ns}:backfills:<name>` | hash | until fetched | what is fetched next, and its attempts |
| `{ns}:told:<feed>` | hash 8-byte id → record | the feed and a week | what was told with a page's text, and where |
| `{ns}:zones` | hash feed id → bytes | as long as the feeds | what tells the zone of times that say none |
| `{ns}:daemons:<id>` | string | TTL 15 s | a live daemon and since when |

RQ keeps its own `rq:*`; the queue is `<ns>-documents`.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

_OF_ALL_FEEDS = ("feeds", "due", "leases", "shards", "zones", "health", "subscriptions", "rhythms", "plans")
_OF_EACH_FEED = ("states:*", "seen:*", "aliases:*", "items:*", "told:*", "counts:*")
_OF_THE_WHOLE = ("tokens", "clocks", "sketches*", "articles", "dead*", "totals", "alerts", "latencies*", "account")
_OF_SETTINGS = ("weights", "schedule")
PERMANENT = (
    *(f"{{*}}:{name}" for name in (*_OF_ALL_FEEDS, *_OF_EACH_FEED, *_OF_THE_WHOLE, *_OF_SETTINGS)),
    "rq:queues",
    "rq:workers*",
)
"""Names that may stand without a TTL (fnmatch patterns). Everything else must expire or be gone after a test."""

RQ_QUEUE_PREFIX = "rq:queue:"


@dataclass(frozen=True, slots=True)
class Keys:
    """The names for one *namespace* (setting `namespace`, for example "newswire")."""

    namespace: str

    def _name(self, plural: str) -> str:
        return f"{{{self.namespace}}}:{plural}"

    @property
    def feeds(self) -> str:
        """The feed list."""
        return self._name("feeds")

    @property
    def due(self) -> str:
        """When each feed is to be polled next."""
        return self._name("due")

    @property
    def leases(self) -> str:
        """The token of each leased feed."""
        return self._name("leases")

    @property
    def hosts(self) -> str:
        """The prefix of what is known of each host."""
        return self._name("hosts")

    @property
    def tokens(self) -> str:
        """The counter that all fencing tokens come from."""
        return self._name("tokens")

    @property
    def clocks(self) -> str:
        """What the server's clock showed lately, for each set of times."""
        return self._name("clocks")

    @property
    def backlog(self) -> str:
        """Feeds whose documents wait for a worker."""
        return self._name("backlog")

    @property
    def claims(self) -> str:
        """Which job works on which feed's documents."""
        return self._name("claims")

    def finished(self, fence: int) -> str:
        """How the document was closed whose claim had this *fence*."""
        return self._name(f"finished:{fence}")

    @property
    def sketches(self) -> str:
        """The index of near-duplicates, and the prefix of its shards."""
        return self._name("sketches")

    @property
    def articles(self) -> str:
        """The article stream, and the channel of the same name."""
        return self._name("articles")

    @property
    def dead(self) -> str:
        """Documents that could not be processed."""
        return self._name("dead")

    @property
    def dead_deliveries(self) -> str:
        """Articles that no consumer of a group could take."""
        return self._name("dead_deliveries")

    @property
    def health(self) -> str:
        """How each feed does."""
        return self._name("health")

    @property
    def alerts(self) -> str:
        """Changes of health, for operators."""
        return self._name("alerts")

    @property
    def totals(self) -> str:
        """Item accounting over all feeds."""
        return self._name("totals")

    @property
    def queue(self) -> str:
        """The name of the RQ queue (RQ puts its own prefix before it)."""
        return f"{self.namespace}-documents"

    @property
    def rhythms(self) -> str:
        """When the entries of each feed appeared."""
        return self._name("rhythms")

    @property
    def plans(self) -> str:
        """The next polls of each feed."""
        return self._name("plans")

    @property
    def weights(self) -> str:
        """What the entries of the feeds in each folder count."""
        return self._name("weights")

    @property
    def all_latencies(self) -> str:
        """How soon the articles of all feeds were seen."""
        return self._name("latencies")

    def latencies(self, feed_id: str) -> str:
        """How soon the articles of one feed were seen."""
        return self._name(f"latencies:{feed_id}")

    @property
    def account(self) -> str:
        """The price of a request and the state of the budget."""
        return self._name("account")

    @property
    def schedule(self) -> str:
        """The schedule settings that the due times were made with."""
        return self._name("schedule")

    @property
    def addresses(self) -> str:
        """Which feed of a site told of the article at an address; prefix of a hash a day."""
        return self._name("addresses")

    @property
    def zones(self) -> str:
        """What tells the zone in which each feed writes."""
        return self._name("zones")

    @property
    def all_states(self) -> str:
        """The prefix of what we remember of each feed."""
        return self._name("states")

    def states(self, feed_id: str) -> str:
        """What we remember of one feed."""
        return self._name(f"states:{feed_id}")

    def documents(self, document_id: str) -> str:
        """One raw document."""
        return self._name(f"documents:{document_id}")

    @property
    def all_mailboxes(self) -> str:
        """The prefix of the documents of each feed that wait."""
        return self._name("mailboxes")

    def mailboxes(self, feed_id: str) -> str:
        """The documents of one feed that wait, oldest first."""
        return self._name(f"mailboxes:{feed_id}")

    def seen(self, feed_id: str, *, shard: int = 0) -> str:
        """The articles of one feed already published: the first *shard* of them is the prefix of the others."""
        return self._name(f"seen:{feed_id}:{shard}" if shard else f"seen:{feed_id}")

    @property
    def shards(self) -> str:
        """Over how many shards the articles of feeds with many are spread."""
        return self._name("shards")

    def aliases(self, feed_id: str) -> str:
        """What else the latest articles of one feed are known by."""
        return self._name(f"aliases:{feed_id}")

    def items(self, feed_id: str) -> str:
        """The items of one feed's last document, as told by their bytes."""
        return self._name(f"items:{feed_id}")

    @property
    def all_counts(self) -> str:
        """The prefix of the counters of each feed."""
        return self._name("counts")

    def counts(self, feed_id: str) -> str:
        """Item accounting of one feed."""
        return self._name(f"counts:{feed_id}")

    @property
    def subscriptions(self) -> str:
        """What was agreed with hubs."""
        return self._name("subscriptions")

    def asking(self, feed_id: str) -> str:
        """The sign that a daemon asks the hub of one feed."""
        return self._name(f"asking:{feed_id}")

    def pushed(self, feed_id: str, digest: str) -> str:
        """The sign that a body was pushed for one feed."""
        return self._name(f"pushed:{feed_id}:{digest}")

    def robots(self, robots_url: str) -> str:
        """What one robots.txt asks of us; addresses are long and anybody's, so the name holds their hash."""
        return self._name(f"robots:{blake2b(robots_url.encode('utf-8', 'replace'), digest_size=16).hexdigest()}")

    @property
    def pages(self) -> str:
        """When the page of each article is to be fetched, and the prefix of what it is fetched for."""
        return self._name("pages")

    @property
    def page_leases(self) -> str:
        """The token of each leased page."""
        return self._name("page_leases")

    @property
    def backfills(self) -> str:
        """When the next older page of each feed after a gap is to be fetched, and the prefix of what it is."""
        return self._name("backfills")

    @property
    def backfill_leases(self) -> str:
        """The token of each leased older page."""
        return self._name("backfill_leases")

    def told(self, feed_id: str) -> str:
        """What readers were told last of the articles of one feed whose pages came."""
        return self._name(f"told:{feed_id}")

    def sites(self, host: str) -> str:
        """The lines that the pages of one host repeat; anybody chooses hosts, so the name holds their hash."""
        return self._name(f"sites:{blake2b(host.encode('utf-8', 'replace'), digest_size=16).hexdigest()}")

    def daemons(self, daemon_id: str) -> str:
        """One live daemon; `*` for all of them."""
        return self._name(f"daemons:{daemon_id}")
