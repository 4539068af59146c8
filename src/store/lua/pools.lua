-- Every pool that ever had a worker: its name, how many live, when one was last heard.

local count = {}
for _, member in ipairs(redis.call('ZRANGEBYSCORE', workers, '(' .. whole(now - ABSENT), '+inf')) do
  local pool = string.match(member, '^[^\n]*')
  count[pool] = (count[pool] or 0) + 1
end

local found, seen = {}, redis.call('HGETALL', base .. 'pools')
for at = 1, #seen, 2 do found[#found + 1] = { seen[at], count[seen[at]] or 0, seen[at + 1] } end
return found
