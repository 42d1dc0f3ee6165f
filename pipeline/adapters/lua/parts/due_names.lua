-- What is due of a sorted set of times: the names whose time has come, then those that stand further ahead than
-- anything is ever put off.
--
-- The latter came there while the server's clock was ahead. It has been set right since, and they would wait for as
-- long as it was set back. The scripts that use this begin with its slots.
--
-- KEYS[1] times     zset  name -> ms when it is due
-- ARGV[1] limit     most names to choose
-- returns           nothing: it is put in where a script says that it uses it

-- The longest interval is a month (31 days), and a feed that said it is gone is asked again in a week.
local LONGEST_WAIT_MS = 40 * 86400000

-- The names that are due by a time (ms), the longest due first, where nothing is put off for longer than a wait (ms).
local function due_names(by_ms, longest_wait_ms)
  local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', by_ms, 'LIMIT', 0, ARGV[1])
  if #due < tonumber(ARGV[1]) then
    local ahead = string.format('(%.0f', by_ms + longest_wait_ms)
    for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], ahead, '+inf', 'LIMIT', 0, ARGV[1] - #due)) do
      due[#due + 1] = name
    end
  end
  return due
end
