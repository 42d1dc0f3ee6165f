-- Choose the feeds whose documents go to a worker now: newly arrived ones, and those a worker left unfinished.
--
-- A chosen feed is not chosen again until the lease ends; whatever a killed daemon, queue or worker loses comes
-- back here by itself. One that stands later than any lease ends is chosen, too.
--
-- KEYS[1] backlog   zset  feed id -> ms when to hand it to a worker
-- ARGV[1] limit     most feeds to choose
-- ARGV[2] lease_ms  how long until an unfinished feed is handed out again
-- returns           feed ids, longest waiting first
-- USES due_names
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local ready = due_names(now, 2 * ARGV[2])
for _, feed in ipairs(ready) do redis.call('ZADD', KEYS[1], now + ARGV[2], feed) end
return ready
