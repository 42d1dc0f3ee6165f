-- Let a document that was read before wait for a worker once more, as one.
--
-- It is marked as replayed: newer documents of its feed were read since, so only what nobody has seen yet is
-- published from it. To replay it while it still waits does nothing.
--
-- KEYS[1] feeds      hash  feed id -> JSON
-- KEYS[2] document   hash  the raw document
-- KEYS[3] mailbox    list  ids of this feed's waiting documents
-- KEYS[4] backlog    zset  feed id -> ms when to hand it to a worker
-- ARGV[1] feed       feed id
-- ARGV[2] id         document id
-- ARGV[3] most       most documents of a feed that may wait
-- ARGV[4..] fields   of the document: name and value in turn
-- returns            "taken", "again", "full" or "unknown" (no such feed)
local clock = redis.call('TIME')
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 'unknown' end
if redis.call('EXISTS', KEYS[2]) == 1 then return 'again' end
if redis.call('LLEN', KEYS[3]) >= tonumber(ARGV[3]) then return 'full' end
for i = 4, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
redis.call('HSET', KEYS[2], 'replayed', '1')
redis.call('RPUSH', KEYS[3], ARGV[2])
redis.call('ZADD', KEYS[4], 'NX', clock[1] * 1000 + math.floor(clock[2] / 1000), ARGV[1])
return 'taken'
