-- How many portions of a document were accepted: what a store that died may have forgotten.
--
-- Who publishes a document shows how many of its portions it saw accepted, with each further one and at the close.
-- Where fewer stand, the end of the store's log is lost, and with it articles: the document is read again then,
-- instead of being closed without them.
--
-- returns           nothing: it is put in where a script says that it uses it

-- The portions of a document (the name of its hash) that stand; 0 where nobody can read how many.
local function accepted_portions(document)
  return tonumber(string.match(redis.call('HGET', document, 'accepted') or '', '^%d+$') or '0')
end
