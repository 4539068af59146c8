-- How many effects are open, and for how long the oldest has been due and not begun.

local oldest = redis.call('ZRANGE', waiting, 0, 0, 'WITHSCORES')
local at = tonumber(oldest[2] or now)
return { redis.call('ZCARD', due) + redis.call('ZCARD', far), math.max(0, now - at) }
