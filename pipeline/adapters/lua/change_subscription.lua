-- Change what was agreed with a hub, if it is still what it was when the change was decided.
--
-- KEYS[1] feeds          hash  feed id -> the feed
-- KEYS[2] subscriptions  hash  feed id -> subscription
-- ARGV[1] feed           feed id
-- ARGV[2] seen           the subscription that was seen; "" for none
-- ARGV[3] subscription   the new one
-- returns                1, or 0 when it was another one or the feed is gone
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
if (redis.call('HGET', KEYS[2], ARGV[1]) or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
return 1
