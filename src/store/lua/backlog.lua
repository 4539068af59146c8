-- How many effects are open, and for how long the oldest has been due and not begun; the same for steps.

local function oldest(line)
  local found = redis.call('ZRANGE', line, 0, 0, 'WITHSCORES')
  return math.max(0, now - tonumber(found[2] or now))
end
return { redis.call('ZCARD', due) + redis.call('ZCARD', far), oldest(waiting), oldest(waiting_steps) }
