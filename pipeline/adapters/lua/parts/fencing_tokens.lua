-- Give fencing tokens, each greater than all before it, also than those that a store forgot when it died.
--
-- A store that lost its end (power, a replica that lagged behind) has an older counter. Were the next tokens merely
-- the next numbers, who holds one from before could show the same number as its new holder; so they follow the
-- server's clock in microseconds, of which none comes twice. While the clock is set back the counter goes on.
--
-- returns           nothing: it is put in where a script says that it uses it

-- A number as it is told and compared: Lua by itself writes one of 16 digits in powers of ten.
local function token_text(token) return string.format('%.0f', token) end

-- The first of so many tokens in a row, from a counter, at a time as TIME gives it.
local function first_token(counter, count, clock)
  local newest = string.match(redis.call('GET', counter) or '', '^%d+$') or '0'
  local first = math.max(newest + 1, clock[1] * 1000000 + clock[2])
  redis.call('SET', counter, token_text(first + count - 1))
  return first
end
