-- Take a document out of the dead and let it wait for a worker once more, as one.
--
-- It is marked as replayed: newer documents of its feed may have been read since, so only what nobody has seen yet
-- is published from it.
--
-- KEYS[1] dead       stream of documents that could not be processed
-- KEYS[2] feeds      hash  feed id -> JSON
-- KEYS[3] document   hash  the raw document
-- KEYS[4] mailbox    list  ids of this feed's waiting documents
-- KEYS[5] backlog    zset  feed id -> ms when to hand it to a worker
-- ARGV[1] entry      id of its entry among the dead
-- ARGV[2] feed       feed id
-- ARGV[3] id         document id
-- returns            1, or 0 when the entry or the feed is gone
local entry = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])[1]
if not entry or redis.call('HEXISTS', KEYS[2], ARGV[2]) == 0 then return 0 end
local fields = entry[2]
for i = 1, #fields, 2 do
  if not string.find(fields[i], '^published:') then redis.call('HSET', KEYS[3], fields[i], fields[i + 1]) end
end
redis.call('HDEL', KEYS[3], 'id', 'feed', 'reason', 'attempts', 'accepted')
redis.call('HSET', KEYS[3], 'replayed', '1')
local clock = redis.call('TIME')
redis.call('RPUSH', KEYS[4], ARGV[3])
redis.call('ZADD', KEYS[5], 'NX', clock[1] * 1000 + math.floor(clock[2] / 1000), ARGV[2])
redis.call('XDEL', KEYS[1], ARGV[1])
return 1
