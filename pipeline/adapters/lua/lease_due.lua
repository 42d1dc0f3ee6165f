-- Lease the feeds that are due, soonest first, so that no other daemon polls them.
--
-- A lease that is not settled ends by itself: its feed stands in `due` at the end of the lease. Time is the
-- server's, so that daemons with different clocks agree.
--
-- KEYS[1] due       zset  feed id -> ms when due, or when its lease ends
-- KEYS[2] leases    hash  feed id -> token of the newest lease
-- KEYS[3] tokens    the newest fencing token
-- KEYS[4] clocks    hash  name of `due` -> ms that the clock showed lately
-- ARGV[1] limit     most feeds to lease
-- ARGV[2] lease_ms  how long the lease lasts
-- ARGV[3] until_ms  only feeds due at or before this time; 0 = now
-- returns           now in ms, ms when the next feed is due ("" for none), then feed id and token in turn
-- USES due_names
-- USES fencing_tokens
-- USES heed_clock
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
heed_clock(now, KEYS[4])
local until_ms = tonumber(ARGV[3])
if until_ms == 0 or until_ms > now then until_ms = now end
local due = due_names(until_ms, LONGEST_WAIT_MS)
local leased = { tostring(now), '' }
for _, feed in ipairs(due) do
  local token = token_text(first_token(KEYS[3], 1, clock))
  redis.call('ZADD', KEYS[1], now + ARGV[2], feed)
  redis.call('HSET', KEYS[2], feed, token)
  leased[#leased + 1] = feed
  leased[#leased + 1] = token
end
local next_due = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if #next_due > 0 then leased[2] = next_due[2] end
return leased
