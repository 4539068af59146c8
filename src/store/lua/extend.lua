-- A longer lease for who still has the claim, or had it last. ARGV: hold, lease in ms.

local hold, lease = cjson.decode(ARGV[1]), tonumber(ARGV[2])
local stands = standing(hold)
if stands ~= 'held' and stands ~= 'lapsed' then return 0 end
redis.call('HSET', effect_key(hold.id), 'st', 'running')
redis.call('ZADD', due, whole(now + lease), hold.id)
redis.call('ZADD', holders, whole(now + lease), hold.owner)
leave_line(hold.id)
return 1
