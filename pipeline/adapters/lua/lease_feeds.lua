-- Lease the feeds that are due, soonest first, so that no other daemon polls them, with what is known of each.
--
-- A lease that is not settled ends by itself: its feed stands in `due` at the end of the lease. Time is the
-- server's, so that daemons with different clocks agree. A state that is no hash costs the other feeds nothing.
--
-- A feed of which too many documents wait for a worker is put off by as long, and not leased: nothing is lost by it,
-- while each further document would take memory until there is none. Not so where a time is given: every feed is
-- polled once then, which has its own end.
--
-- KEYS[1] due       zset  feed id -> ms when due, or when its lease ends
-- KEYS[2] leases    hash  feed id -> token of the newest lease
-- KEYS[3] tokens    the newest fencing token
-- KEYS[4] feeds     hash  feed id -> the feed
-- KEYS[5] health    hash  feed id -> how it does
-- KEYS[6] rhythms   hash  feed id -> when its entries appeared
-- KEYS[7] plans     hash  feed id -> its next polls
-- KEYS[8] account   string, how the budget of requests stands
-- KEYS[9] states    prefix of one hash a feed: <it>:<feed>, the feed's state
-- KEYS[10] weights  hash  folder -> what the entries of its feeds count
-- KEYS[11] backlog  zset  feed id -> ms when to hand it to a worker
-- KEYS[12] mailboxes prefix of one list a feed: <it>:<feed>, the ids of its waiting documents
-- KEYS[13] clocks   hash  name of `due` -> ms that the clock showed lately
-- ARGV[1] limit     most feeds to lease
-- ARGV[2] lease_ms  how long the lease lasts
-- ARGV[3] until_ms  only feeds due at or before this time; 0 = now
-- ARGV[4] most      most documents of a feed that may wait
-- returns           now in ms, ms when the next feed is due ("" for none), the account, the list of the fields of
--                   weights, by how many ms the clock was set back, then for each feed its id, token, feed, health,
--                   rhythm, plan (each "" when there is none) and the list of its state's fields, or the error
-- USES due_names
-- USES fencing_tokens
-- USES heed_clock
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local set_back = heed_clock(now, KEYS[13])
local until_ms = tonumber(ARGV[3])
if until_ms == 0 or until_ms > now then until_ms = now end

-- Those of some feeds of which no more documents wait than may; the others are put off.
local function with_room(feeds)
  if #feeds == 0 or ARGV[3] ~= '0' then return feeds end
  local kept, waits = {}, redis.call('ZMSCORE', KEYS[11], unpack(feeds))
  for i, feed in ipairs(feeds) do
    if waits[i] and redis.call('LLEN', KEYS[12] .. ':' .. feed) >= tonumber(ARGV[4]) then
      redis.call('ZADD', KEYS[1], now + ARGV[2], feed)
    else
      kept[#kept + 1] = feed
    end
  end
  return kept
end

local due = with_room(due_names(until_ms, LONGEST_WAIT_MS))
local leased = { tostring(now), '', '', {}, set_back }
if #due > 0 then
  local first = first_token(KEYS[3], #due, clock)
  local ends, tokens = {}, {}
  for i, feed in ipairs(due) do
    ends[2 * i - 1], ends[2 * i] = now + ARGV[2], feed
    tokens[2 * i - 1], tokens[2 * i] = feed, token_text(first + i - 1)
  end
  redis.call('ZADD', KEYS[1], unpack(ends))
  redis.call('HSET', KEYS[2], unpack(tokens))
  local known = {
    redis.call('HMGET', KEYS[4], unpack(due)),
    redis.call('HMGET', KEYS[5], unpack(due)),
    redis.call('HMGET', KEYS[6], unpack(due)),
    redis.call('HMGET', KEYS[7], unpack(due)),
  }
  for i, feed in ipairs(due) do
    leased[#leased + 1] = feed
    leased[#leased + 1] = tokens[2 * i]
    for kind = 1, 4 do leased[#leased + 1] = known[kind][i] or '' end
    leased[#leased + 1] = redis.pcall('HGETALL', KEYS[9] .. ':' .. feed)
  end
  leased[3] = redis.call('GET', KEYS[8]) or ''
  leased[4] = redis.call('HGETALL', KEYS[10])
end
local next_due = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if #next_due > 0 then leased[2] = next_due[2] end
return leased
