-- Forget articles of a feed, or shrink what is remembered of them, where it is still what it was when that was decided.
--
-- KEYS[1] seen      hash  8-byte id -> record of the last published revision; prefix of its further shards
-- KEYS[2] shards    hash  feed id -> how many shards its memory has, and how many articles
-- KEYS[3] told      hash  8-byte id -> what was told last with a page's text, and its stream id
-- ARGV[1] feed      feed id
-- ARGV[2..] items   for each: seen id, expected record, new record ("" forgets the article)
-- returns           how many were forgotten
-- USES seen_shards
local memory, forgotten = open_memory(), 0
for i = 2, #ARGV, 3 do
  local shard = shard_of(memory, ARGV[i])
  if redis.call('HGET', shard, ARGV[i]) == ARGV[i + 1] then
    if ARGV[i + 2] ~= '' then
      redis.call('HSET', shard, ARGV[i], ARGV[i + 2])
    else
      forgotten = forgotten + redis.call('HDEL', shard, ARGV[i])
      redis.call('HDEL', KEYS[3], ARGV[i])
    end
  end
end
close_memory(memory, -forgotten)
return forgotten
