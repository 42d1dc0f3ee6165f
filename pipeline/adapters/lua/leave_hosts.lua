-- End requests to hosts, and turns that nobody will come for; remember how those hosts are to be asked from now on.
--
-- KEYS[1] hosts       prefix of three keys a host, as in take_turns
-- ARGV[1..] requests  for each: scope, feed id, then closed, gap and latency of the host and how many ms to remember
--                     it, these four "" where nothing about the host has changed
-- returns             how many requests counted as running until now
local ended = 0
for i = 1, #ARGV, 6 do
  local host = KEYS[1] .. ':' .. ARGV[i]
  ended = ended + redis.call('ZREM', host .. ':running', ARGV[i + 1])
  redis.call('ZREM', host .. ':turns', ARGV[i + 1])
  if ARGV[i + 2] ~= '' then
    redis.call('HSET', host, 'closed', ARGV[i + 2], 'gap', ARGV[i + 3], 'latency', ARGV[i + 4])
    redis.call('PEXPIRE', host, ARGV[i + 5])
  end
end
return ended
