-- Claim the oldest waiting document of a feed for one job, so that a feed's documents are processed in order and
-- by one worker at a time.
--
-- The same job may claim again (RQ ran it again after a crash): it gets a new fence, and the earlier run, should it
-- still live, can no longer write. A call that is repeated because its answer was lost finds the claim that it made.
-- A claim that nobody can read is none. One that lasts longer than any does was made while the server's clock was
-- ahead, and is over; by less than another lease the clock may be set back without harm.
--
-- KEYS[1] backlog   zset  feed id -> ms when to hand it to a worker
-- KEYS[2] claims    hash  feed id -> {document, job, call, fence, attempts, until}
-- KEYS[3] mailbox   list  ids of this feed's waiting documents
-- KEYS[4] tokens    the newest fencing token
-- ARGV[1] feed      feed id
-- ARGV[2] job       id of the job that claims
-- ARGV[3] lease_ms  how long the claim lasts unless renewed
-- ARGV[4] call      names this call, however often it is sent
-- returns           document id, fence and number of attempts so far with this one; nothing when there is nothing
--                   to do or another job is at it
-- USES fencing_tokens
local document = redis.call('LINDEX', KEYS[3], 0)
if not document then
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('HDEL', KEYS[2], ARGV[1])
  return {}
end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local attempts = 1
local is_read, standing = pcall(cjson.decode, redis.call('HGET', KEYS[2], ARGV[1]) or '')
if is_read and type(standing) == 'table' and tonumber(standing['until']) and tonumber(standing['attempts']) then
  if standing['call'] == ARGV[4] and standing['document'] == document then
    return { document, tostring(standing['fence']), tostring(standing['attempts']) }
  end
  local left_ms = standing['until'] - now
  if standing['job'] ~= ARGV[2] and left_ms > 0 and left_ms <= 2 * ARGV[3] then return {} end
  if standing['document'] == document then attempts = standing['attempts'] + 1 end
end
local fence = token_text(first_token(KEYS[4], 1, clock))
local claim = {
  document = document, job = ARGV[2], call = ARGV[4], fence = fence, attempts = attempts, ['until'] = now + ARGV[3],
}
redis.call('HSET', KEYS[2], ARGV[1], cjson.encode(claim))
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
return { document, fence, tostring(attempts) }
