-- Count that pages are asked for, those whose leases hold: what another daemon has handed on meanwhile has no task.
--
-- KEYS[1] tasks    prefix of the tasks, <it>:<name>, a hash each
-- KEYS[2] leases   hash  name -> token of the newest lease
-- ARGV[1..] leased name and token in turn
-- returns          how many were counted
local counted = 0
for i = 1, #ARGV, 2 do
  local task = KEYS[1] .. ':' .. ARGV[i]
  if redis.call('HGET', KEYS[2], ARGV[i]) == ARGV[i + 1] and redis.call('EXISTS', task) == 1 then
    redis.call('HINCRBY', task, 'attempts', 1)
    counted = counted + 1
  end
end
return counted
