-- End a poll that brought no new document: remember the feed's state and when to poll it next.
--
-- Refused (0) when the lease is not the newest, so that a daemon that slept past its lease cannot write.
--
-- KEYS[1] due      zset  feed id -> ms when due
-- KEYS[2] leases   hash  feed id -> token of the newest lease
-- KEYS[3] state    hash  the feed's state, replaced as a whole
-- KEYS[4] totals   hash  counters over all feeds
-- KEYS[5] counts   hash  counters of this feed
-- ARGV[1] feed     feed id
-- ARGV[2] token    of the lease
-- ARGV[3] due_ms   when to poll next
-- ARGV[4] outcome  the counter to raise beside `polled`: unchanged or failed
-- ARGV[5..] fields of the state: name and value in turn
-- returns          1, or 0 when the lease was lost
if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[1], 'XX', ARGV[3], ARGV[1])
redis.call('DEL', KEYS[3])
redis.call('HSET', KEYS[3], unpack(ARGV, 5))
for _, counters in ipairs({ KEYS[4], KEYS[5] }) do
  redis.call('HINCRBY', counters, 'polled', 1)
  redis.call('HINCRBY', counters, ARGV[4], 1)
end
return 1
