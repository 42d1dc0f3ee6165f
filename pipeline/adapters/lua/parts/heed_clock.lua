-- Notice that the server's clock was set back, so that what it put off does not wait until it has come again.
--
-- The scripts that use this begin with its slots.
--
-- KEYS[1] due       zset  name -> ms when due, or when its lease ends
-- KEYS[2] leases    hash  name -> token of the newest lease
-- returns           nothing: it is put in where a script says that it uses it

-- The clock may be set right by as much without anybody's doing: what waits for it then does not wait long.
local STEP_MS = 5000
local PORTION = 1000  -- names moved by one command

-- Let all times of a sorted set later than one (ms) come as much sooner: from the first on, so that none is met twice.
local function bring_back(times, after_ms, step_ms)
  local rank = redis.call('ZCOUNT', times, '-inf', after_ms)
  local ahead = redis.call('ZRANGE', times, rank, rank + PORTION - 1, 'WITHSCORES')
  while #ahead > 0 do
    local nearer = {}
    for i = 1, #ahead, 2 do nearer[i], nearer[i + 1] = ahead[i + 1] - step_ms, ahead[i] end
    redis.call('ZADD', times, unpack(nearer))
    rank = rank + PORTION
    ahead = redis.call('ZRANGE', times, rank, rank + PORTION - 1, 'WITHSCORES')
  end
end

-- By how much the clock (ms) was set back since it was looked at last, as far as anybody can tell; 0 where it was not.
-- What it showed for each set of times stands in a hash of clocks.
local function heed_clock(now, clocks)
  local shown = tonumber(redis.call('HGET', clocks, KEYS[1]) or '') or 0
  local step = shown - now
  if math.abs(step) <= STEP_MS then return 0 end
  if step > 0 then
    bring_back(KEYS[1], now, step)
    redis.call('DEL', KEYS[2])  -- who is at work would say when it is due again by the clock of before
  end
  redis.pcall('HSET', clocks, KEYS[1], now)  -- a store that takes no writes may be asked all the same
  return math.max(step, 0)
end
