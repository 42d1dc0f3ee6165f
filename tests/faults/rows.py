"""The list of faults that the pipe must survive: what each is, how soon service is back, and how that is proved.

What must hold for every one of them: nothing lost, nothing told twice. A row is proved by a scene of this suite, by
tests elsewhere that are named here, or by a longer run with its command; what is not proved says so and why.
"""

from __future__ import annotations

from dataclasses import dataclass

from faults.proofs import Case, Proof, elsewhere


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: its number and name, what is *injected*, seconds until service is back (None: none promised)."""

    number: int
    name: str
    injected: str
    within_seconds: int | None
    proof: Proof


PROCESSES = (
    Fault(1, "daemon killed mid-fetch", "kill -9", 60, elsewhere("test_killing_a_process_loses_and_repeats_nothing")),
    Fault(2, "daemon killed between fetch and enqueue", "it dies as it begins to write", 60, Case("deaths")),
    Fault(3, "worker killed mid-job", "kill -9", 60, elsewhere("test_killing_a_process_loses_and_repeats_nothing")),
    Fault(4, "worker and its child killed", "both die while a document is read", 60, Case("deaths")),
    Fault(
        5,
        "child killed by lack of memory",
        "kill -9",
        60,
        elsewhere("test_killing_a_process_loses_and_repeats_nothing"),
    ),
    Fault(6, "worker killed after the pop, before registration", "it dies with a job in hand", 60, Case("deaths")),
    Fault(7, "worker killed after registration, before the start", "it dies before it forks", 60, Case("deaths")),
    Fault(8, "worker killed after publishing, before closing", "both die once the stream has it", 60, Case("deaths")),
    Fault(9, "all workers killed for a while", "kill -9 of each, later new ones", 60, Case("deaths")),
    Fault(10, "worker frozen past its lease", "SIGSTOP, SIGCONT of worker and child", None, Case("freezes")),
    Fault(11, "daemon frozen past its lease", "SIGSTOP, SIGCONT with feeds in flight", None, Case("freezes")),
    Fault(12, "two daemons with one configuration", "started twice", None, Case("freezes")),
)

STORE = (
    Fault(13, "store killed, its log of writes on", "kill -9, start", 10, Case("stores")),
    Fault(14, "store restarted without persistence", "kill -9, started empty", None, Case("forgetful")),
    Fault(15, "store loses power", "its log is cut at an earlier end", None, Case("forgetful")),
    Fault(16, "end of the log of writes damaged", "cut, and half a write more", None, Case("forgetful")),
    Fault(17, "store away for longer than any patience", "connections refused for 18 s", 10, Case("connections")),
    Fault(18, "store slow", "200 ms an answer", None, Case("stores")),
    Fault(19, "connection reset in the middle of an answer", "RST after half of it", None, Case("connections")),
    Fault(20, "memory of the store full", "maxmemory", 10, Case("stores")),
    Fault(21, "eviction policy that forgets", "allkeys-lru", None, Case("stores")),
    Fault(22, "disk of the store full", "a limit on its files", 30, Case("stores")),
    Fault(23, "disk full for logs and archive", "a limit on their files", None, Case("surroundings")),
    Fault(24, "FLUSHALL by mistake", "FLUSHALL, later the feeds again", None, Case("forgetful")),
)

READERS_AND_JOBS = (
    Fault(25, "slow subscriber", "a group whose only consumer is frozen", None, Case("readers")),
    Fault(26, "consumer of a group dies", "kill -9 with deliveries pending", 60, Case("readers")),
    Fault(27, "poison document", "documents that kill their reader, or hold it", None, Case("poison")),
    Fault(28, "poison job", "three kinds of a job hash that cannot be read", None, Case("poison")),
    Fault(29, "one job enqueued again and again", "a hundred times", None, Case("stores")),
)

PUSHES = (
    Fault(
        30,
        "a hub sends the same a thousand times",
        "1000 equal pushes",
        None,
        elsewhere("test_a_pushed_item_is_published_once_and_polling_slows_while_pushes_work"),
    ),
    Fault(
        31,
        "push with a bad signature, unknown topic",
        "bad, missing, odd",
        None,
        elsewhere(
            "test_a_pushed_item_is_published_once_and_polling_slows_while_pushes_work",
            "test_a_missing_or_odd_signature_is_wrong",
            "test_every_method_of_the_standard_is_checked",
            "test_a_hub_gets_no_confirmation_of_what_was_not_asked_for",
        ),
    ),
    Fault(
        32,
        "hub dies and the lease ends",
        "no push, no renewal",
        None,
        elsewhere(
            "test_when_a_hub_dies_polling_takes_over_at_the_end_of_its_lease",
            "test_a_verified_subscription_is_renewed_before_its_lease_ends",
        ),
    ),
    Fault(
        33,
        "push and poll see the same item",
        "both at once",
        None,
        elsewhere("test_a_pushed_item_is_published_once_and_polling_slows_while_pushes_work"),
    ),
)

CLOCKS_AND_NETWORK = (
    Fault(34, "clocks of daemon and worker jump", "an hour, a year, and back, each 2 s", None, Case("clocks")),
    Fault(35, "clocks of daemon, worker and store differ", "a year ahead, ten minutes late", None, Case("clocks")),
    Fault(
        36,
        "DNS fails or is slow",
        "SERVFAIL, and 30 s an answer",
        30,
        elsewhere("test_names_that_cannot_be_resolved_delay_nobody_else"),
    ),
    Fault(
        37,
        "DNS rebinding, private answers, redirects inside",
        "an island of canaries",
        None,
        elsewhere("test_nothing_that_is_not_public_is_reached", "test_our_own_network_is_not_asked_unless_allowed"),
    ),
    Fault(38, "network gone", "every connection refused for 6 s", None, Case("surroundings")),
    Fault(39, "one host slow by 2 s", "twelve feeds of it beside the others", None, Case("surroundings")),
    Fault(
        40,
        "one host never answers",
        "many feeds on it",
        None,
        elsewhere("test_a_host_that_never_answers_delays_no_other", "test_one_slow_host_does_not_hold_up_another"),
    ),
)

ANSWERS = (
    Fault(41, "bombs, endless streams, slow drips", "each from a server of its own", None, Case("answers")),
    Fault(42, "every fault of framing", "each from a server of its own", None, Case("answers")),
    Fault(43, "every hostile document", "each beside good entries", None, Case("answers")),
    Fault(
        44,
        "document that costs the parser its time",
        "readings without end, in Python and in C",
        None,
        Case("poison"),
    ),
    Fault(45, "mass 429 and 503 with Retry-After", "every request refused, and a restart", None, Case("answers")),
)

OPERATION = (
    Fault(46, "no more files may be opened", "a limit of 3, and all connections cut", None, Case("surroundings")),
    Fault(47, "rolling restart under load", "SIGTERM once the next ones are up", None, Case("deaths")),
    Fault(
        48, "jobs of the version before in the queue", "an older payload; one without its body", None, Case("stores")
    ),
    Fault(
        49,
        "broken list, feeds named twice, wrong settings",
        "given to a running system",
        None,
        elsewhere(
            "test_one_bad_list_among_good_ones_adds_no_feed",
            "test_a_list_that_names_a_feed_in_two_ways_adds_it_once",
            "test_a_wrong_settings_file_is_one_line",
            "test_a_long_list_comes_back_whole",
        ),
    ),
    Fault(
        50,
        "TLS: self-signed, expired, wrong host, plain text",
        "servers of each kind",
        None,
        elsewhere(
            "test_a_certificate_that_proves_nothing_costs_its_feed_alone",
            "test_a_server_that_speaks_no_tls_is_a_tls_failure",
        ),
    ),
    Fault(
        51,
        "article pages: robots.txt 500, 404, huge, disallow",
        "scripted answers",
        None,
        elsewhere(
            "test_robots_txt_decides",
            "test_a_host_without_rules_is_open_and_one_in_trouble_closed",
            "test_a_host_that_does_not_answer_is_closed",
        ),
    ),
    Fault(
        52,
        "what a feed says in the log, secrets in addresses",
        "any bytes",
        None,
        elsewhere(
            "test_what_a_feed_says_cannot_break_a_line_or_reach_the_terminal",
            "test_any_event_and_value_make_one_printable_line",
            "test_no_field_shows_a_password",
        ),
    ),
    Fault(
        53,
        "queue grows: more polls than workers can read",
        "no worker at first, then one",
        None,
        elsewhere(
            "test_polling_waits_for_the_workers_and_loses_nothing",
            "test_documents_of_a_feed_are_processed_in_order",
        ),
    ),
)

FAULTS = (*PROCESSES, *STORE, *READERS_AND_JOBS, *PUSHES, *CLOCKS_AND_NETWORK, *ANSWERS, *OPERATION)
"""Every row, 1 to 53. The 54th, a day of random choice among them, is a soak."""
