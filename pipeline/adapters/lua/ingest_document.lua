-- End a poll that brought a new document: store it, let it wait for a worker, remember the state, all or nothing.
--
-- Refused (0) when the lease is not the newest, unless this very document waits already: the answer was lost then, and
-- the command is sent again. Validators are stored with the document that they vouch for, so a crash or a rollback of
-- the server never keeps one without the other. The first write is one that a store without memory refuses, and so it
-- refuses all of them.
--
-- KEYS[1] due        zset  feed id -> ms when due
-- KEYS[2] leases     hash  feed id -> token of the newest lease
-- KEYS[3] state      hash  the feed's state, replaced as a whole
-- KEYS[4] totals     hash  counters over all feeds
-- KEYS[5] counts     hash  counters of this feed
-- KEYS[6] document   hash  the raw document
-- KEYS[7] mailbox    list  ids of this feed's waiting documents
-- KEYS[8] backlog    zset  feed id -> ms when to hand it to a worker
-- ARGV[1] feed       feed id
-- ARGV[2] token      of the lease
-- ARGV[3] due_ms     when to poll next
-- ARGV[4] id         document id
-- ARGV[5] state_size how many of the values that follow are the state's
-- ARGV[6..] fields   name and value in turn: of the state, then of the document
-- returns            1, or 0 when the lease was lost
if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return redis.call('EXISTS', KEYS[6]) end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
redis.call('ZADD', KEYS[1], 'XX', ARGV[3], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('DEL', KEYS[3])
local last_of_state = 5 + ARGV[5]
for i = 6, last_of_state, 2 do redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 1]) end
for i = last_of_state + 1, #ARGV, 2 do redis.call('HSET', KEYS[6], ARGV[i], ARGV[i + 1]) end
redis.call('RPUSH', KEYS[7], ARGV[4])
redis.call('ZADD', KEYS[8], 'NX', now, ARGV[1])
for _, counters in ipairs({ KEYS[4], KEYS[5] }) do redis.call('HINCRBY', counters, 'polled', 1) end
return 1
