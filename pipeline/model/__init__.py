"""The values that flow, in the order of flow.

    Feed + FeedState ──▶ Response | NoResponse ──▶ Fresh(RawDocument) | Unchanged | Refused | Gone
    ‖ process border ‖ RawDocument ──▶ FeedDocument(Entry ...) | Unreadable ──▶ Reading(Article | Rejected ...)
    ──▶ New | Revised | Same ──▶ Tally

Rules of this room: values only, all frozen; no behaviour beyond a trivial property; times are milliseconds since the
Unix epoch (`*_ms`, UTC), bytes are bytes, and everything optional is None when it is not known.
"""

from __future__ import annotations

from pipeline.model.articles import (
    Article,
    ArticleDate,
    ArticleKind,
    Attachment,
    FeedReference,
    Inferred,
    Precision,
    Reading,
    Rejected,
)
from pipeline.model.backfills import Backfill, BackfillLease
from pipeline.model.consumers import ConsumerGroup, GroupAlert, GroupHealth
from pipeline.model.copies import Candidate, CopyOf, Evidence, Sample, Sketch
from pipeline.model.entries import Entry, FeedDocument, Link, RawDate, Unreadable
from pipeline.model.feeds import (
    FULL_TEXTS,
    LEAST_WEIGHT,
    LONGEST_INTERVAL_SECONDS,
    MOST_WEIGHT,
    NO_HINTS,
    SHORTEST_INTERVAL_SECONDS,
    Feed,
    FeedState,
    FullText,
    Hints,
    Lease,
    LyingValidator,
)
from pipeline.model.health import NEVER_JUDGED, Alert, DocumentKind, FeedHealth, GapAlert, Health
from pipeline.model.hosts import UNKNOWN_HOST, HostState
from pipeline.model.load import Load
from pipeline.model.outcomes import Fresh, Gone, Outcome, RawDocument, Refused, Unchanged
from pipeline.model.pages import (
    Page,
    PageArticle,
    PageCame,
    PageLater,
    PageLease,
    PageMissing,
    PageOutcome,
    PageTask,
)
from pipeline.model.push import PushState, Subscription
from pipeline.model.responses import FailureKind, NoResponse, Redirect, Response
from pipeline.model.verdicts import Known, New, Revised, Same, Tally, Tidied, Verdict

__all__ = [
    "FULL_TEXTS",
    "LEAST_WEIGHT",
    "LONGEST_INTERVAL_SECONDS",
    "MOST_WEIGHT",
    "NEVER_JUDGED",
    "NO_HINTS",
    "SHORTEST_INTERVAL_SECONDS",
    "UNKNOWN_HOST",
    "Alert",
    "Article",
    "ArticleDate",
    "ArticleKind",
    "Attachment",
    "Backfill",
    "BackfillLease",
    "Candidate",
    "ConsumerGroup",
    "CopyOf",
    "DocumentKind",
    "Entry",
    "Evidence",
    "FailureKind",
    "Feed",
    "FeedDocument",
    "FeedHealth",
    "FeedReference",
    "FeedState",
    "Fresh",
    "FullText",
    "GapAlert",
    "Gone",
    "GroupAlert",
    "GroupHealth",
    "Health",
    "Hints",
    "HostState",
    "Inferred",
    "Known",
    "Lease",
    "Link",
    "Load",
    "LyingValidator",
    "New",
    "NoResponse",
    "Outcome",
    "Page",
    "PageArticle",
    "PageCame",
    "PageLater",
    "PageLease",
    "PageMissing",
    "PageOutcome",
    "PageTask",
    "Precision",
    "PushState",
    "RawDate",
    "RawDocument",
    "Reading",
    "Redirect",
    "Refused",
    "Rejected",
    "Response",
    "Revised",
    "Same",
    "Sample",
    "Sketch",
    "Subscription",
    "Tally",
    "Tidied",
    "Unchanged",
    "Unreadable",
    "Verdict",
]
