-- Read what is remembered of some articles of a feed.
--
-- KEYS[1] seen      hash  8-byte id -> record of the last published revision; prefix of its further shards
-- KEYS[2] shards    hash  feed id -> how many shards its memory has, and how many articles
-- ARGV[1] feed      feed id
-- ARGV[2..] seen_ids the articles
-- returns           the record of each, "" for one that is not known
-- USES seen_shards
local memory, records = open_memory(), {}
for i = 2, #ARGV do
  records[#records + 1] = redis.call('HGET', shard_of(memory, ARGV[i]), ARGV[i]) or ''
end
return records
