-- Move the end of leases: on, for feeds that are still being polled; to now, for feeds given back unsettled.
--
-- KEYS[1] due       zset  feed id -> ms when due, or when its lease ends
-- KEYS[2] leases    hash  feed id -> token of the newest lease
-- ARGV[1] lease_ms  how much longer, from now; 0 = give back
-- ARGV[2..] leased  feed id and token in turn
-- returns           the feed ids whose lease was lost meanwhile
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local lost = {}
for i = 2, #ARGV, 2 do
  if redis.call('HGET', KEYS[2], ARGV[i]) == ARGV[i + 1] then
    redis.call('ZADD', KEYS[1], 'XX', now + ARGV[1], ARGV[i])
  else
    lost[#lost + 1] = ARGV[i]
  end
end
return lost
