-- The memory of a feed, in shards small enough for the small encoding of hashes (at most 512 fields as Redis and
-- Valkey ship it): linear hashing (Litwin 1980), so that it grows by one shard at a time, each the half of another.
--
-- The first shard is <seen>, the others <seen>:<number>. How many there are, and the articles in them, stands in the
-- hash of shards once there are more than one. The scripts that use this begin with its slots.
--
-- KEYS[1] seen      hash  8-byte id -> record of the last published revision; prefix of its further shards
-- KEYS[2] shards    hash  feed id -> how many shards its memory has, and how many articles
-- ARGV[1] feed      feed id
-- returns           nothing: it is put in where a script says that it uses it

local FILL = 200     -- articles a shard on the average; the fullest hold twice as many when their turn to split comes
local SPLITS = 4     -- most splits at once, where a large memory was kept in one hash before
local PORTION = 100  -- articles written by one command

local function open_memory()
  local memory = { count = 1, level = 1 }
  local said = redis.call('HGET', KEYS[2], ARGV[1])
  if said then
    local count, articles = said:match('(%d+) (%d+)')
    memory.count, memory.articles, memory.is_noted = tonumber(count), tonumber(articles), true
    while memory.level * 2 <= memory.count do memory.level = memory.level * 2 end
  else
    memory.articles = redis.call('HLEN', KEYS[1])
  end
  return memory
end

local function shard_name(number)
  if number == 0 then return KEYS[1] end
  return KEYS[1] .. ':' .. number
end

-- The shard of an article: its id is a digest, so any part of it is spread evenly.
local function shard_of(memory, id)
  if memory.count == 1 then return KEYS[1] end
  local a, b, c, d = id:byte(1, 4)
  local hash = ((a * 256 + b) * 256 + c) * 256 + d
  local number = hash % (memory.level * 2)
  if number >= memory.count then number = number - memory.level end
  return shard_name(number)
end

-- Take all articles out of a shard and put each where it now belongs.
local function spread(memory, number)
  local name = shard_name(number)
  local taken, places = redis.call('HGETALL', name), {}
  redis.call('DEL', name)
  for i = 1, #taken, 2 do
    local place = shard_of(memory, taken[i])
    local waiting = places[place] or {}
    waiting[#waiting + 1], waiting[#waiting + 2] = taken[i], taken[i + 1]
    places[place] = waiting
  end
  for place, waiting in pairs(places) do
    for i = 1, #waiting, PORTION * 2 do
      redis.call('HSET', place, unpack(waiting, i, math.min(i + PORTION * 2 - 1, #waiting)))
    end
  end
end

-- Give a memory that changed by so many articles the shards it should have, and note them.
local function close_memory(memory, change)
  if change == 0 then return end
  memory.articles = memory.articles + change
  for _ = 1, SPLITS do
    if memory.articles <= FILL * (memory.count + 1) then break end
    memory.count = memory.count + 1
    if memory.level * 2 <= memory.count - 1 then memory.level = memory.level * 2 end
    spread(memory, memory.count - 1 - memory.level)
  end
  while memory.count > 1 and memory.articles < FILL * memory.count / 2 do
    memory.count = memory.count - 1
    if memory.level > 1 and memory.level >= memory.count then memory.level = memory.level / 2 end
    spread(memory, memory.count)
  end
  if memory.count > 1 then
    redis.call('HSET', KEYS[2], ARGV[1], memory.count .. ' ' .. memory.articles)
  elseif memory.is_noted then
    redis.call('HDEL', KEYS[2], ARGV[1])
  end
end
