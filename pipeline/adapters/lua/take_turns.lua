-- Let leased feeds go to their hosts as far as the hosts may be asked now; give the others back until their turn.
--
-- Turns of a host are at least its gap apart, over all daemons together, and each feed keeps the turn it was given,
-- so that a host with a thousand feeds is asked evenly and nobody waits for it. A turn that is given back (see
-- leave_hosts), or that nobody came for in a minute, is gone; the next one follows the newest that stands. A host that
-- is closed (it asked for a pause) gives turns from its opening on. No more than so many requests to a host run at
-- once; one whose daemon died counts until its time is over. Where the newest request begun lies ahead, the server's
-- clock was set back since, by as much at least: turns and opening come as much sooner.
--
-- KEYS[1] due         zset  feed id -> ms when due, or when its lease ends
-- KEYS[2] leases      hash  feed id -> token of the newest lease
-- KEYS[3] hosts       prefix of three keys a host, all with a TTL:
--                     <it>:<scope>          hash  last: ms of the newest request begun; closed, gap, latency: how
--                                                 gently it is asked
--                     <it>:<scope>:turns    zset  feed id -> ms of the turn that it was given
--                     <it>:<scope>:running  zset  feed id -> ms when its request is over at the latest
-- ARGV[1] gap_ms      least time between two turns of a host
-- ARGV[2] concurrency requests to a host at once
-- ARGV[3] run_ms      how long a request may take
-- ARGV[4..] feeds     scope, feed id and token in turn
-- returns             for each: 1 if it goes, 0 if it was given back, then closed, gap and latency ("" when unknown)
-- USES heed_clock
local SOON, SHORT, MISSED, KEPT, DAY = 20, 25, 60000, 3600000, 86400000
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local configured_gap, concurrency, run_ms = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])

local rooms = {}

local function has_room(running)
  if not rooms[running] then
    redis.call('ZREMRANGEBYSCORE', running, '-inf', now)
    redis.call('ZREMRANGEBYSCORE', running, string.format('(%.0f', now + 2 * run_ms), '+inf')
    rooms[running] = concurrency - redis.call('ZCARD', running)
  end
  return rooms[running] > 0
end

local function begin(running, feed)
  rooms[running] = rooms[running] - redis.call('ZADD', running, now + run_ms, feed)
  redis.call('PEXPIRE', running, run_ms)
end

-- The feed's own turn, and the newest of all; 0 for none.
local function turns_in(turns, feed)
  local newest = redis.call('ZRANGE', turns, -1, -1, 'WITHSCORES')[2]
  if not newest then return 0, 0 end
  redis.call('ZREMRANGEBYSCORE', turns, '-inf', now - MISSED)
  return tonumber(redis.call('ZSCORE', turns, feed) or '0'), tonumber(newest)
end

-- Let what is known of a host be as the clock is now that was set back.
local function set_right(host, known)
  local step = known[1] - now
  bring_back(host .. ':turns', now, step)
  known[1] = now
  if known[2] then known[2] = string.format('%.0f', known[2] - step) end
  redis.call('HSET', host, 'last', now, unpack(known[2] and { 'closed', known[2] } or {}))
end

local results = {}
for i = 4, #ARGV, 3 do
  local host, feed, token = KEYS[3] .. ':' .. ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local running, turns = host .. ':running', host .. ':turns'
  local known = redis.call('HMGET', host, 'last', 'closed', 'gap', 'latency')
  if (known[1] or 0) - now > STEP_MS then set_right(host, known) end
  local closed = tonumber(known[2] or '0')
  local gap = math.max(configured_gap, tonumber(known[3] or '0'))
  local own, newest = turns_in(turns, feed)
  newest = math.max(newest, tonumber(known[1] or '0'))
  local turn = own > 0 and own >= closed and own or math.max(now, newest + gap, closed)
  if turn <= now + SOON and not has_room(running) then
    -- One of those that run ends after about latency / concurrency; nobody knows it of a host that never answered.
    turn = math.max(now, newest) + math.max(gap, (tonumber(known[4]) or 0) / concurrency, SHORT)
  end
  local goes = turn <= now + SOON
  if goes then
    begin(running, feed)
    if own > 0 then redis.call('ZREM', turns, feed) end
    redis.call('HSET', host, 'last', math.floor(math.max(turn, now)))
  else
    turn = math.floor(turn)
    redis.call('ZADD', turns, turn, feed)
    if redis.call('HGET', KEYS[2], feed) == token then
      redis.call('HDEL', KEYS[2], feed)
      redis.call('ZADD', KEYS[1], 'XX', math.min(turn, now + DAY), feed)
    end
  end
  local kept = math.max(turn, newest, closed) - now + KEPT
  redis.call('PEXPIRE', host, kept)
  if own > 0 or not goes then redis.call('PEXPIRE', turns, kept) end
  results[#results + 1] = { goes and 1 or 0, known[2] or '', known[3] or '', known[4] or '' }
end
return results
