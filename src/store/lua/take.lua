-- Takes one from a budget, by the generic cell rate algorithm. ARGV: key, burst, ms for one. Answers how long to wait; 0 = taken.

local key, burst, every = base .. 'budget:' .. ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local blocked = redis.call('PTTL', base .. 'block:' .. ARGV[1])
if blocked > 0 then return blocked end

-- When the bucket will be full again.
local full = math.max(tonumber(redis.call('GET', key) or 0), now)
local wait = full - now - (burst - 1) * every
if wait > 0 then return math.ceil(wait) end
redis.call('SET', key, full + every, 'PX', math.max(1, math.ceil(full + every - now)))
return 0
