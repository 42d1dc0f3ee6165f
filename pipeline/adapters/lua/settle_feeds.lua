-- End polls that brought no new document: remember what changed of each feed's state and when to poll it next.
--
-- Refused (0) where the lease is not the newest, so that a daemon that slept past its lease cannot write. A feed whose
-- keys are damaged gets its error and costs the others nothing. A store without memory refuses the first write, which
-- is that of the due times, and so all of them.
--
-- KEYS[1] due      zset    feed id -> ms when due
-- KEYS[2] leases   hash    feed id -> token of the newest lease
-- KEYS[3] states   prefix of one hash a feed: <it>:<feed>, the feed's state
-- KEYS[4] totals   hash    counters over all feeds
-- KEYS[5] counts   prefix of one hash a feed: <it>:<feed>, counters of this feed
-- ARGV[1..] feeds  for each: feed id, token of the lease, ms when to poll next, the counter to raise beside `polled`
--                  (unchanged or failed), how many values to write to its state, how many fields of it to delete,
--                  then the values (name and value in turn) and the fields
-- returns          for each: 1, or 0 when the lease was lost, or the error
local polls, feeds = {}, {}
local at = 1
while at < #ARGV do
  local written, deleted = tonumber(ARGV[at + 4]), tonumber(ARGV[at + 5])
  feeds[#feeds + 1] = ARGV[at]
  polls[#polls + 1] = { at = at, written = written, deleted = deleted }
  at = at + 6 + written + deleted
end

local function failed(result) return type(result) == 'table' and result.err end

local function remember(poll)
  local feed, first = ARGV[poll.at], poll.at + 6
  local state, counters = KEYS[3] .. ':' .. feed, KEYS[5] .. ':' .. feed
  local last = first + poll.written - 1
  local result = 1
  if poll.written > 0 then result = redis.pcall('HSET', state, unpack(ARGV, first, last)) end
  if poll.deleted > 0 and not failed(result) then
    result = redis.pcall('HDEL', state, unpack(ARGV, last + 1, last + poll.deleted))
  end
  if not failed(result) then result = redis.pcall('HINCRBY', counters, 'polled', 1) end
  if not failed(result) then result = redis.pcall('HINCRBY', counters, ARGV[poll.at + 3], 1) end
  return failed(result) and result or 1
end

local tokens = redis.call('HMGET', KEYS[2], unpack(feeds))
local held, ended, due, raised, results = {}, {}, {}, {}, {}
for i, poll in ipairs(polls) do
  if tokens[i] == ARGV[poll.at + 1] then
    held[i] = true
    ended[#ended + 1] = feeds[i]
    due[#due + 1], due[#due + 2] = ARGV[poll.at + 2], feeds[i]
    local outcome = ARGV[poll.at + 3]
    raised[outcome] = (raised[outcome] or 0) + 1
  end
end
if #ended > 0 then redis.call('ZADD', KEYS[1], 'XX', unpack(due)) end
for i, poll in ipairs(polls) do results[i] = held[i] and remember(poll) or 0 end
if #ended > 0 then
  redis.call('HDEL', KEYS[2], unpack(ended))
  for outcome, count in pairs(raised) do redis.call('HINCRBY', KEYS[4], outcome, count) end
  redis.call('HINCRBY', KEYS[4], 'polled', #ended)
end
return results
