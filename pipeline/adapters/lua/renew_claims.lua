-- Keep the claims of a job that is still at work, and the feeds it has yet to come to.
--
-- Those stand at the end of their lease. A feed that stands at a time that has passed is left alone: the job has
-- finished it and will not come back, and what stands there is news that arrived since and waits for the next job.
-- A claim that nobody can read is none.
--
-- KEYS[1] backlog   zset  feed id -> ms when to hand it to a worker
-- KEYS[2] claims    hash  feed id -> {document, job, fence, attempts, until}
-- ARGV[1] job       id of the job
-- ARGV[2] lease_ms  how much longer, from now
-- ARGV[3..] feeds   the feed ids of the job
-- returns           how many were kept
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local kept = 0
for i = 3, #ARGV do
  local is_read, claim = pcall(cjson.decode, redis.call('HGET', KEYS[2], ARGV[i]) or '')
  if not is_read or type(claim) ~= 'table' then claim = nil end
  local is_mine = claim and claim['job'] == ARGV[1]
  if is_mine then
    claim['until'] = now + ARGV[2]
    redis.call('HSET', KEYS[2], ARGV[i], cjson.encode(claim))
  end
  if is_mine or not claim and tonumber(redis.call('ZSCORE', KEYS[1], ARGV[i]) or 0) > now then
    kept = kept + redis.call('ZADD', KEYS[1], 'XX', 'CH', now + ARGV[2], ARGV[i])
  end
end
return kept
