-- Hand the page of an article (or why there is none), or an older page of a feed, to the workers; end its task.
--
-- Refused when the lease is not the newest, so that a page fetched twice arrives once. The task goes along as it is
-- now: the feed may have changed the article while its page was fetched.
--
-- KEYS[1] tasks     zset  name of a task -> ms when to fetch its page; prefix of the tasks
-- KEYS[2] leases    hash  name of a task -> token of the newest lease
-- KEYS[3] feeds     hash  feed id -> the feed
-- KEYS[4] document  hash  the page as a raw document
-- KEYS[5] mailbox   list  ids of this feed's waiting documents
-- KEYS[6] backlog   zset  feed id -> ms when to hand it to a worker
-- ARGV[1] name      of the task
-- ARGV[2] token     of the lease
-- ARGV[3] feed      feed id
-- ARGV[4] id        document id
-- ARGV[5] most      most documents of a feed that may wait
-- ARGV[6] pause_ms  how long a page waits whose feed has too many
-- ARGV[7] field     of the document that gets the task: "page_task", or "backfill" for an older page
-- ARGV[8..] fields  of the document: name and value in turn
-- returns           "delivered", "lost" (the lease), "gone" (the feed or the task) or "full" (comes back later)
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return 'lost' end
if redis.call('LLEN', KEYS[5]) >= tonumber(ARGV[5]) then
  redis.call('ZADD', KEYS[1], 'XX', now + ARGV[6], ARGV[1])
  return 'full'
end
local task = redis.call('HGET', KEYS[1] .. ':' .. ARGV[1], 'task')
redis.call('DEL', KEYS[1] .. ':' .. ARGV[1])
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
if not task or redis.call('HEXISTS', KEYS[3], ARGV[3]) == 0 then return 'gone' end
redis.call('HSET', KEYS[4], ARGV[7], task, unpack(ARGV, 8))
redis.call('RPUSH', KEYS[5], ARGV[4])
redis.call('ZADD', KEYS[6], 'NX', now, ARGV[3])
return 'delivered'
