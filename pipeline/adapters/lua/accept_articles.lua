-- Publish articles of one document: remember, append to the stream, announce, count; all or nothing.
--
-- The verdict was reached outside, from what was remembered then. It holds only if the memory is still the same
-- (compare and set), so an article revision stands on the stream once, however often its document is processed.
--
-- KEYS[1] seen      hash  8-byte id -> record of the last published revision; prefix of its further shards
-- KEYS[2] shards    hash  feed id -> how many shards its memory has, and how many articles
-- KEYS[3] articles  stream, and the channel of the same name
-- KEYS[4] document  hash  the raw document; counts what it published so far, and in how many portions
-- KEYS[5] aliases   string  what else the feed's latest articles are known by
-- KEYS[6] pages     zset  article id -> ms when to fetch its page; prefix of the tasks, <it>:<article id>, a hash each
-- KEYS[7] told      hash  8-byte id -> what was told last with a page's text, and its stream id
-- KEYS[8] claims    hash  feed id -> {document, job, fence, attempts, until}
-- KEYS[9] addresses prefix of a hash a day, <it>:<day>: where an article stands on its site -> feed, article, stream id
-- ARGV[1] feed      feed id
-- ARGV[2] fence     of the claim
-- ARGV[3] aliases   what to keep of them from now on; "" leaves what is kept
-- ARGV[4] claimant  feed whose claim it is: another one where a feed of the site has found the article, too
-- ARGV[5] accepted  how many portions of the document were accepted before this one
-- ARGV[6..] items   for each: seen id, expected record, new record, kind, fate to count, article id,
--                   language, JSON, page task, what it tells with a page's text, address; an empty JSON only refreshes
--                   the record, an empty task wants no page, an empty address is shared with no other feed
-- returns           for each item its stream id, "" when only refreshed, or "conflict", also for one
--                   that another feed of its site has told as new; nil when fenced off, or where the store died
--                   and forgot a portion before this one
-- USES seen_shards
-- USES accepted_portions
local clock = redis.call('TIME')
local claim = redis.call('HGET', KEYS[8], ARGV[4])
if not claim or tostring(cjson.decode(claim)['fence']) ~= ARGV[2] then return false end
local accepted, before = accepted_portions(KEYS[4]), tonumber(ARGV[5])
-- One more: the answer to this very call was lost, and it is sent again.
if accepted ~= before and accepted ~= before + 1 then return false end
redis.call('HSET', KEYS[4], 'accepted', before + 1)
if ARGV[3] ~= '' then redis.call('SET', KEYS[5], ARGV[3]) end
local DAYS = 3
local today = math.floor(clock[1] / 86400)

local function owner_of(address)
  for day = today, today - DAYS, -1 do
    local owner = redis.call('HGET', KEYS[9] .. ':' .. day, address)
    if owner then return owner end
  end
end

-- Whether another feed has told of an article as new that this feed tells as new.
local function is_shared(kind, address)
  local owner = kind == 'new' and address ~= '' and owner_of(address)
  return owner and string.sub(owner, 1, #ARGV[1]) ~= ARGV[1]
end

local function note_address(address, article, stream_id)
  local owner = owner_of(address)
  local mine = ARGV[1] .. article
  if owner and string.sub(owner, 1, #mine) ~= mine then return end
  redis.call('HSET', KEYS[9] .. ':' .. today, address, mine .. stream_id)
  redis.call('EXPIRE', KEYS[9] .. ':' .. today, (DAYS + 1) * 86400)
end

local memory, added, results = open_memory(), 0, {}
for i = 6, #ARGV, 11 do
  local shard = shard_of(memory, ARGV[i])
  local remembered = redis.call('HGET', shard, ARGV[i]) or ''
  -- One that was held back (so it is remembered, and new) comes out, whoever told of it.
  if remembered ~= ARGV[i + 1] or (remembered == '' and is_shared(ARGV[i + 3], ARGV[i + 10])) then
    results[#results + 1] = 'conflict'
  else
    added = added + redis.call('HSET', shard, ARGV[i], ARGV[i + 2])
    local json = ARGV[i + 7]
    local stream_id = ''
    if json ~= '' then
      stream_id = redis.call('XADD', KEYS[3], '*', 'article', json, 'id', ARGV[i + 5], 'kind', ARGV[i + 3],
        'feed', ARGV[1], 'language', ARGV[i + 6])
      redis.call('PUBLISH', KEYS[3], stream_id .. ' ' .. json)
      redis.call('HINCRBY', KEYS[4], 'published:' .. ARGV[i + 4], 1)
      if ARGV[i + 10] ~= '' then note_address(ARGV[i + 10], ARGV[i + 5], stream_id) end
      if ARGV[i + 9] ~= '' then redis.call('HSET', KEYS[7], ARGV[i], ARGV[i + 9] .. stream_id) end
    end
    if ARGV[i + 8] ~= '' then
      redis.call('HSET', KEYS[6] .. ':' .. ARGV[i + 5], 'feed', ARGV[1], 'task', ARGV[i + 8])
      redis.call('ZADD', KEYS[6], 'NX', clock[1] * 1000 + math.floor(clock[2] / 1000), ARGV[i + 5])
    end
    results[#results + 1] = stream_id
  end
end
close_memory(memory, added)
return results
