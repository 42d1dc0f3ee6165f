-- Take in a document that a hub pushed: store it and let it wait for a worker, once however often it is sent.
--
-- KEYS[1] feeds      hash  feed id -> the feed
-- KEYS[2] pushed     string  stands while the same body is not taken again
-- KEYS[3] document   hash  the raw document
-- KEYS[4] mailbox    list  ids of this feed's waiting documents
-- KEYS[5] backlog    zset  feed id -> ms when to hand it to a worker
-- ARGV[1] feed       feed id
-- ARGV[2] id         document id
-- ARGV[3] keep_ms    how long the same body is not taken again
-- ARGV[4] most       most documents of a feed that may wait
-- ARGV[5..] fields   of the document: name and value in turn
-- returns            "taken", "again", "full" or "unknown" (no such feed)
local clock = redis.call('TIME')
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 'unknown' end
if redis.call('EXISTS', KEYS[2]) == 1 then return 'again' end
if redis.call('LLEN', KEYS[4]) >= tonumber(ARGV[4]) then return 'full' end
redis.call('SET', KEYS[2], '1', 'PX', ARGV[3])
for i = 5, #ARGV, 2 do redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 1]) end
redis.call('RPUSH', KEYS[4], ARGV[2])
redis.call('ZADD', KEYS[5], 'NX', clock[1] * 1000 + math.floor(clock[2] / 1000), ARGV[1])
return 'taken'
