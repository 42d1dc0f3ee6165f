-- Note which story an article belongs to, for the copies that find it later; nothing when it is forgotten already.
--
-- KEYS[1] sketches   prefix of the keys of post_sketches.lua
-- ARGV[1] generation where the article was posted
-- ARGV[2] number     of the article
-- ARGV[3] story      article id of the story's first (16 bytes)
-- returns            1 if it was noted
local ID = 16
local key = KEYS[1] .. ':' .. ARGV[1] .. ':a' .. ARGV[2]
if redis.call('EXISTS', key) == 0 then return 0 end
redis.call('SETRANGE', key, ID, ARGV[3])
return 1
