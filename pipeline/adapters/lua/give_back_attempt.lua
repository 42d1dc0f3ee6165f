-- Let the attempt of a claim not count: the store ended it, not the document.
--
-- The claim stands until its time is over, so that a store in trouble is not asked for the same thing at once.
--
-- KEYS[1] claims  hash  feed id -> {document, job, call, fence, attempts, until}
-- ARGV[1] feed    feed id
-- ARGV[2] fence   of the claim
-- returns         1, or 0 when the claim was lost
local claim = redis.call('HGET', KEYS[1], ARGV[1])
claim = claim and cjson.decode(claim)
if not claim or tostring(claim['fence']) ~= ARGV[2] then return 0 end
claim['attempts'] = claim['attempts'] - 1
claim['call'] = nil
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(claim))
return 1
