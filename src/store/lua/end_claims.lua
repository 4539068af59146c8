-- Claims of one who died end soon. ARGV: owner, kinds of effects, ms. Answers how many did.

local owner, soon = ARGV[1], now + tonumber(ARGV[3])
local is_meant = {}
for _, kind in ipairs(cjson.decode(ARGV[2])) do is_meant[kind] = true end

local last = redis.call('ZSCORE', holders, owner)
if not last then return 0 end
redis.call('ZREM', holders, owner)

local ended = 0
for _, id in ipairs(redis.call('ZRANGEBYSCORE', due, '(' .. whole(soon), last)) do
  local st, held_by, body = unpack(redis.call('HMGET', effect_key(id), 'st', 'owner', 'body'))
  if st == 'running' and held_by == owner and is_meant[cjson.decode(body).kind] then
    redis.call('ZADD', due, whole(soon), id)
    ended = ended + 1
  end
end
return ended
