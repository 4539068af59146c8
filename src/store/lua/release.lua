-- Not now: ready again after a while. ARGV: hold, delay in ms, 1 where nothing was done.

local hold, delay = cjson.decode(ARGV[1]), tonumber(ARGV[2])
local stands = standing(hold)
if stands ~= 'held' and stands ~= 'lapsed' then return nil end
if ARGV[3] == '1' and not hold.mayHaveActed then redis.call('HSET', effect_key(hold.id), 'clean', hold.n) end
make_ready(hold.id, now + delay, now + delay)
return nil
