-- Remember the health of a feed, a consumer group or all polls and announce the change, if it is as it was when judged.
--
-- Daemon and worker judge the same feed at the same time; compare and set lets each change be announced once. A feed
-- removed meanwhile stays forgotten.
--
-- KEYS[1] feeds       hash  feed id -> the feed
-- KEYS[2] health      hash  feed id -> record of its health; "group <name>" -> health of a consumer group;
--                     "all polls" -> whether they wait
-- KEYS[3] alerts      stream of changes of health
-- ARGV[1] feed        feed id, "group <name>" or "all polls"
-- ARGV[2] seen        the record that was judged; "" for none
-- ARGV[3] record      the new record; "" for none
-- ARGV[4] alerts_size most changes to keep on the stream
-- ARGV[5..] fields    of the announcement: name and value in turn; none for a change not worth one
-- returns             1, or 0 when the record was another one or the feed is gone
local is_feed = not string.find(ARGV[1], ' ', 1, true)
if is_feed and redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
if (redis.call('HGET', KEYS[2], ARGV[1]) or '') ~= ARGV[2] then return 0 end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[2], ARGV[1])
else
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
end
if #ARGV > 4 then redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[4], '*', unpack(ARGV, 5)) end
return 1
