-- End polls that brought no new document: remember each feed's state and when to poll it next.
--
-- Refused (0) where the lease is not the newest, so that a daemon that slept past its lease cannot write. A feed whose
-- keys are damaged gets its error and costs the others nothing.
--
-- KEYS[1] due      zset    feed id -> ms when due
-- KEYS[2] leases   hash    feed id -> token of the newest lease
-- KEYS[3] states   prefix of one hash a feed: <it>:<feed>, the feed's state, replaced as a whole
-- KEYS[4] totals   hash    counters over all feeds
-- KEYS[5] counts   prefix of one hash a feed: <it>:<feed>, counters of this feed
-- ARGV[1..] feeds  for each: feed id, token of the lease, ms when to poll next, the counter to raise beside `polled`
--                  (unchanged or failed), how many values the state has, then these: name and value in turn
-- returns          for each: 1, or 0 when the lease was lost, or the error
local raised, results = {}, {}
local at = 1
while at < #ARGV do
  local feed, outcome, size = ARGV[at], ARGV[at + 3], tonumber(ARGV[at + 4])
  local result = 0
  if redis.call('HGET', KEYS[2], feed) == ARGV[at + 1] then
    local state, counters = KEYS[3] .. ':' .. feed, KEYS[5] .. ':' .. feed
    redis.call('HDEL', KEYS[2], feed)
    redis.call('ZADD', KEYS[1], 'XX', ARGV[at + 2], feed)
    redis.call('DEL', state)
    redis.call('HSET', state, unpack(ARGV, at + 5, at + 4 + size))
    result = redis.pcall('HINCRBY', counters, 'polled', 1)
    if type(result) ~= 'table' then result = redis.pcall('HINCRBY', counters, outcome, 1) end
    if type(result) ~= 'table' then result = 1 end
    raised[outcome] = (raised[outcome] or 0) + 1
  end
  results[#results + 1] = result
  at = at + 5 + size
end
local polled = 0
for outcome, count in pairs(raised) do
  redis.call('HINCRBY', KEYS[4], outcome, count)
  polled = polled + count
end
if polled > 0 then redis.call('HINCRBY', KEYS[4], 'polled', polled) end
return results
