-- Not now: ready again after a while. ARGV: hold, delay in ms.

local hold, delay = cjson.decode(ARGV[1]), tonumber(ARGV[2])
local stands = standing(hold)
if stands ~= 'held' and stands ~= 'lapsed' then return nil end
make_ready(hold.id, now + delay, now + delay)
return nil
