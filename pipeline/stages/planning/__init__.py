"""Decides when to poll: what a feed's past says of its future, and the cheapest polls to see that future soon.

In the order of flow: `rhythm` remembers when entries appeared, `appointments` at which minutes of the day they do so
again and again, `visibility` how long they took to show, `shrinkage` how far so few entries may be believed, `surge`
whether far more appear of late;
`forecast` turns that into expected entries per minute; `plan` finds the best polls under a price per request;
`budget` says what all requests together may cost, `price` holds the price at which that is kept; `planner` joins
them for one feed. `packing` writes a rhythm and a plan down in a few hundred bytes, `accounting` the budget; `live`
is what the daemon asks, `words` and `reasons` what people are told. `policy` is the same planner for a simulator;
`simulation` is one, `rivals` are the rules of others in it, `assumed` makes up posting times for it, `plot` draws
what came out.
"""
