-- Close a document with its fate, count its entries, and let the feed's next document come.
--
-- What it published was counted on the document when it was published, so that a document processed twice after a
-- crash is still counted once and every entry has exactly one fate. The answer is kept for a minute: a command whose
-- answer was lost is sent again, and what the answer asks for (an alert of a gap) is done all the same.
--
-- KEYS[1] backlog   zset  feed id -> ms when to hand it to a worker
-- KEYS[2] claims    hash  feed id -> {document, job, fence, attempts, until}
-- KEYS[3] mailbox   list  ids of this feed's waiting documents
-- KEYS[4] document  hash  the raw document
-- KEYS[5] totals    hash  counters over all feeds
-- KEYS[6] counts    hash  counters of this feed
-- KEYS[7] dead      stream of documents that could not be processed
-- KEYS[8] items     string  the items of the feed's last document, as told by their bytes
-- KEYS[9] seen      hash  the articles of the feed already published; the first shard of them
-- KEYS[10] backfills zset  name of a walk -> ms when to fetch its next page; prefix of the tasks
-- KEYS[11] backfill_leases hash  name of a walk -> token of the newest lease
-- KEYS[12] shards   hash  feed id -> how many shards they take, and how many they are; where there are several
-- KEYS[13] finished string  the answer to who had this claim
-- ARGV[1] feed      feed id
-- ARGV[2] fence     of the claim
-- ARGV[3] id        document id
-- ARGV[4] entries   how many entries the document has; of a page, as many as were published
-- ARGV[5] rejected  how many of them were rejected
-- ARGV[6] reason    why it is buried; "" when it was processed
-- ARGV[7] attempts  how often it was tried
-- ARGV[8] dead_size most documents to keep among the dead
-- ARGV[9] dead_bytes most memory for them; the oldest go first, and the newest is kept however large it is
-- ARGV[10] items    what to keep of its items; "" forgets what was kept
-- ARGV[11] window   "whole" when the document is all that the feed shows; "older" for a page behind it; "page" for that of
--                   an article; "" for a part
-- ARGV[12] backfill the older page to fetch next, if this one is older or a gap; "" for none
-- ARGV[13] accepted how many portions of it were accepted
-- returns           entries, new, revised, same, near-duplicates, rejected, dead, gaps; nothing when fenced off, or
--                   where the store died and forgot a portion: the claim stands, the document is to be read again
-- USES accepted_portions
local claim = redis.call('HGET', KEYS[2], ARGV[1])
if not claim or tostring(cjson.decode(claim)['fence']) ~= ARGV[2] then
  local answer = redis.call('GET', KEYS[13])
  return answer and cjson.decode(answer) or {}
end
if accepted_portions(KEYS[4]) ~= tonumber(ARGV[13]) then return {} end
local new = tonumber(redis.call('HGET', KEYS[4], 'published:new') or '0')
local revised = tonumber(redis.call('HGET', KEYS[4], 'published:revised') or '0')
local copies = tonumber(redis.call('HGET', KEYS[4], 'published:near_duplicates') or '0')
local withdrawn = tonumber(redis.call('HGET', KEYS[4], 'published:withdrawn') or '0')
local entries, rejected, dead = tonumber(ARGV[4]), tonumber(ARGV[5]), 0
if ARGV[11] == 'page' then entries = new + revised + copies end
if ARGV[6] ~= '' then
  dead = 1
  entries, rejected = new + revised + copies, 0
  local fields = redis.call('HGETALL', KEYS[4])
  redis.call('XADD', KEYS[7], 'MAXLEN', '~', ARGV[8], '*', 'id', ARGV[3], 'feed', ARGV[1], 'reason', ARGV[6],
    'attempts', ARGV[7], unpack(fields))
  while redis.call('MEMORY', 'USAGE', KEYS[7], 'SAMPLES', 0) > tonumber(ARGV[9]) and redis.call('XLEN', KEYS[7]) > 1 do
    redis.call('XTRIM', KEYS[7], 'MAXLEN', redis.call('XLEN', KEYS[7]) - 1)
  end
end
local same = entries - rejected - new - revised - copies
-- A whole window of articles never seen before, of a feed that has shown others: its window may have overflowed.
local gaps, shards = 0, redis.call('HGET', KEYS[12], ARGV[1])
if ARGV[11] == 'whole' and same == 0 and revised == 0 and new + copies > 0
  and tonumber(shards and shards:match(' (%d+)') or redis.call('HLEN', KEYS[9])) > new + copies then gaps = 1 end
local tally = { entries = entries, new = new, revised = revised, same = same, near_duplicates = copies,
  rejected = rejected, dead = dead, gaps = gaps, withdrawn = withdrawn }
if ARGV[12] ~= '' and (gaps == 1 or ARGV[11] == 'older') then
  -- A gap within a gap is walked from its own beginning, and as far back as the first: the names stay the same.
  local name, clock = ARGV[1] .. '-older', redis.call('TIME')
  local task, step = KEYS[10] .. ':' .. name, ARGV[12]
  local standing = redis.call('HGET', task, 'task')
  if standing then
    local first = math.min(standing:match('"since_ms":(%d+)'), step:match('"since_ms":(%d+)'))
    step = (gaps == 1 and step or standing):gsub('"since_ms":%d+', string.format('"since_ms":%.0f', first), 1)
  end
  redis.call('DEL', task)
  redis.call('HDEL', KEYS[11], name)
  redis.call('HSET', task, 'feed', ARGV[1], 'task', step)
  redis.call('ZADD', KEYS[10], clock[1] * 1000 + math.floor(clock[2] / 1000), name)
end
tally['older_pages'] = ARGV[11] == 'older' and 1 or 0
for _, counters in ipairs({ KEYS[5], KEYS[6] }) do
  redis.call('HINCRBY', counters, 'documents', 1)
  for name, count in pairs(tally) do
    if count ~= 0 then redis.call('HINCRBY', counters, name, count) end
  end
end
redis.call('DEL', KEYS[4])
if ARGV[10] == '' then redis.call('DEL', KEYS[8]) else redis.call('SET', KEYS[8], ARGV[10]) end
redis.call('LREM', KEYS[3], 1, ARGV[3])
redis.call('HDEL', KEYS[2], ARGV[1])
if redis.call('LLEN', KEYS[3]) == 0 then
  redis.call('ZREM', KEYS[1], ARGV[1])
else
  local clock = redis.call('TIME')
  redis.call('ZADD', KEYS[1], 'XX', clock[1] * 1000 + math.floor(clock[2] / 1000), ARGV[1])
end
local answer = { entries, new, revised, same, copies, rejected, dead, gaps }
redis.call('SET', KEYS[13], cjson.encode(answer), 'PX', 60000)
return answer
