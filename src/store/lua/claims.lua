-- Locks and what guards hold, by the beginning of their keys. ARGV: prefix, limit. Looks through all that are listed.
local prefix, limit = ARGV[1], tonumber(ARGV[2])
local keys = {}
for _, key in ipairs(redis.call('ZRANGE', shown_claims, 0, -1)) do
  if string.sub(key, 1, #prefix) == prefix then keys[#keys + 1] = key end
end
table.sort(keys)

local found = {}
for _, key in ipairs(keys) do
  if #found >= limit then break end
  local value = redis.call('GET', base .. 'claim:' .. key)
  if value then found[#found + 1] = { key, value } end
end
return found
