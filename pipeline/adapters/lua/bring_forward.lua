-- Let feeds be polled sooner than they are due; not those that are being polled, nor any that is gone or paused.
--
-- A feed that is being polled stands at the end of its lease, so never later than one lease from now: one that stands
-- within that time is left alone, for it is being polled, or will be soon.
--
-- KEYS[1] due       zset  feed id -> ms when due, or when its lease ends
-- ARGV[1] lease_ms  how long a lease lasts
-- ARGV[2..] wanted  feed id and ms when it is to be due at the latest, in turn
-- returns           how many are due sooner now
local clock = redis.call('TIME')
local soon = clock[1] * 1000 + math.floor(clock[2] / 1000) + ARGV[1]
local moved = 0
for i = 2, #ARGV, 2 do
  local due = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[i]) or 0)
  if due > soon and tonumber(ARGV[i + 1]) < due then
    redis.call('ZADD', KEYS[1], 'XX', ARGV[i + 1], ARGV[i])
    moved = moved + 1
  end
end
return moved
