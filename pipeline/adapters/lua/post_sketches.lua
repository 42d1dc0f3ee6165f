-- Look up who carried the shingles of some articles before, and post the articles for those to come, as one: of two
-- copies that arrive together through two workers the later one always finds the earlier.
--
-- Articles are numbered in order of arrival. Postings stand in shards (strings of 7 bytes a posting: read and
-- written many at a time), in generations: one is closed when it is older than the window or full, and forgotten a
-- window later, so that an article is compared with those of at least a window. An article posted before (its worker
-- died, or it is revised) is told only what came before it, and is not posted again.
--
-- KEYS[1] sketches   hash  generations: JSON list of {number, shards, opened, closed, first, articles}; arrived,
--                    opened: counters; and the prefix of what they hold:
--                    <it>:<generation>:<shard>     string  upper 24 bits of a hash and 4-byte number, for each posting
--                    <it>:<generation>:a<number>   string  an article: its id, its story (or zeros), its samples
-- ARGV[1] window_ms  how long articles are compared with later ones
-- ARGV[2] carriers   from how many on a shingle counts as common
-- ARGV[3] candidates how many earlier articles to return at most
-- ARGV[4..] sketches for each: its hashes (4 bytes each), and its record (above), the story all zeros
-- returns            for each: carriers of each hash (a byte each), generation, number, and the candidates' records
local SHARDS, ARTICLES_PER_SHARD, POSTING, SWEPT, ID = 4096, 3, 7, 256, 16
local window, most, limit = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function is_full(generation) return generation.articles >= generation.shards * ARTICLES_PER_SHARD end

local function key_of(generation, suffix) return KEYS[1] .. ':' .. generation.number .. ':' .. suffix end

-- Delete a part of a generation's keys; true when none is left.
local function sweep(generation)
  local shard = generation.swept or 0
  local number, last = shard - generation.shards, shard + SWEPT
  local keys = {}
  for at = shard, last - 1 do
    local suffix = at < generation.shards and at or 'a' .. (generation.first + at - generation.shards)
    keys[#keys + 1] = key_of(generation, suffix)
  end
  redis.call('UNLINK', unpack(keys))
  generation.swept = last
  return last >= generation.shards + generation.articles
end

-- The generations to ask, the newest (last) with room for more.
local function current()
  local generations, kept = cjson.decode(redis.call('HGET', KEYS[1], 'generations') or '[]'), {}
  local newest = generations[#generations]
  local shards = newest and newest.shards or SHARDS
  if newest and (is_full(newest) or now - newest.opened > window) then
    shards = is_full(newest) and shards * 4 or shards
    newest.closed = now
    newest = nil
  end
  for _, each in ipairs(generations) do
    if not (each.closed and now - each.closed > window and sweep(each)) then kept[#kept + 1] = each end
  end
  if not newest then
    local first = tonumber(redis.call('HGET', KEYS[1], 'arrived') or '0') + 1
    local number = redis.call('HINCRBY', KEYS[1], 'opened', 1)
    kept[#kept + 1] = { number = number, shards = shards, opened = now, first = first, articles = 0 }
  end
  return kept
end

local generations = current()
local newest = generations[#generations]

-- Those who carry the hash in hand: carriers[1..count], each with the generation it was found in.
local carriers, origins, count = {}, {}, 0

-- Add the articles numbered below before that posted a hash, told by its upper 24 bits, in a shard.
local function collect(shard, field, before, generation)
  local at = string.find(shard, field, 1, true)
  while at do
    if at % POSTING == 1 then
      local number = struct.unpack('>I4', shard, at + 3)
      if number < before then
        count = count + 1
        carriers[count], origins[count] = number, generation
      end
      at = at + POSTING - 1
    end
    at = string.find(shard, field, at + 1, true)
  end
end

-- The hashes' shards in a generation as they stand (false where there is none), and their keys.
local function shards_of(generation, hashes)
  local keys, prefix, upper = {}, key_of(generation, ''), generation.shards / 256
  for at, hash in ipairs(hashes) do
    local high, low = string.byte(hash, 3, 4)
    keys[at] = prefix .. low + 256 * (high % upper)
  end
  return redis.call('MGET', unpack(keys)), keys
end

-- For each hash how many carry it; the numbers of those that share rare ones, the likest first; and their generations.
local function neighbours(hashes, shards, before)
  local counts, shares, homes, order = {}, {}, {}, {}
  for at, hash in ipairs(hashes) do
    count = 0
    for level, generation in ipairs(generations) do
      local shard = shards[level][at]
      if shard then collect(shard, string.sub(hash, 1, 3), before, generation) end
    end
    counts[at] = count
    for i = 1, count < most and count or 0 do
      local number = carriers[i]
      if not shares[number] then
        shares[number], homes[number], order[#order + 1] = 0, origins[i], number
      end
      shares[number] = shares[number] + 1
    end
  end
  local likely = {}
  for _, number in ipairs(order) do
    if shares[number] > 1 then likely[#likely + 1] = number end
  end
  table.sort(likely, function(a, b)
    if shares[a] ~= shares[b] then return shares[a] > shares[b] end
    return a < b
  end)
  return counts, likely, homes
end

-- The records of the first few of the articles, "" for one that is gone.
local function records_of(order, homes)
  local keys = {}
  for at = 1, math.min(#order, limit + 1) do keys[at] = key_of(homes[order[at]], 'a' .. order[at]) end
  return #keys > 0 and redis.call('MGET', unpack(keys)) or {}
end

local function post(hashes, record, counts, shards, keys)
  local number = redis.call('HINCRBY', KEYS[1], 'arrived', 1)
  local packed, changed, pairs_to_set = struct.pack('>I4', number), {}, {}
  for at, key in ipairs(keys) do
    if counts[at] < most then
      changed[key] = (changed[key] or shards[at] or '') .. string.sub(hashes[at], 1, 3) .. packed
    end
  end
  for key, shard in pairs(changed) do
    pairs_to_set[#pairs_to_set + 1] = key
    pairs_to_set[#pairs_to_set + 1] = shard
  end
  pairs_to_set[#pairs_to_set + 1] = key_of(newest, 'a' .. number)
  pairs_to_set[#pairs_to_set + 1] = record
  redis.call('MSET', unpack(pairs_to_set))
  newest.articles = newest.articles + 1
  return number
end

local function bytes_of(counts)
  for at, count in ipairs(counts) do counts[at] = math.min(count, 255) end
  return string.char(unpack(counts))
end

-- Which of the records is that of an article itself, posted before; nil when none is.
local function own_among(records, record)
  for at, earlier in ipairs(records) do
    if earlier and string.sub(earlier, 1, ID) == string.sub(record, 1, ID) then return at end
  end
end

local results = {}
for i = 4, #ARGV, 2 do
  local hashes, shards, keys = {}, {}, nil
  for at = 1, #ARGV[i], 4 do hashes[#hashes + 1] = string.sub(ARGV[i], at, at + 3) end
  for level, generation in ipairs(generations) do
    shards[level], keys = shards_of(generation, hashes)
  end
  local counts, order, homes = neighbours(hashes, shards, math.huge)
  local records, number, home = records_of(order, homes), nil, newest
  local own = own_among(records, ARGV[i + 1])
  if own then
    number, home = order[own], homes[order[own]]
    counts, order, homes = neighbours(hashes, shards, number)
    records = records_of(order, homes)
  else
    number = post(hashes, ARGV[i + 1], counts, shards[#generations], keys)
  end
  local result = { bytes_of(counts), home.number, number }
  for _, earlier in ipairs(records) do
    if earlier and #result < 3 + limit then result[#result + 1] = earlier end
  end
  results[#results + 1] = result
end
redis.call('HSET', KEYS[1], 'generations', cjson.encode(generations))
return results
