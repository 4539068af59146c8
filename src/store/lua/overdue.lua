-- Wakes what is due soon, and again what is due and held by nobody: each time with a new number and after a longer pause.
-- ARGV: limit.

local found = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', far, '-inf', whole(now + NEAR), 'LIMIT', 0, ARGV[1])) do
  found[#found + 1] = bring_near(id)
end

for _, id in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', whole(now), 'LIMIT', 0, tonumber(ARGV[1]) - #found)) do
  local key = effect_key(id)
  if redis.call('HEXISTS', key, 'st') == 1 then
    local tries = redis.call('HINCRBY', key, 'tries', 1)
    redis.call('HINCRBY', key, 'post', 1)
    redis.call('HSET', key, 'st', 'ready')
    local pause = math.min(LONGEST_LOOK, FIRST_LOOK * 2 ^ math.min(tries, 10))
    redis.call('ZADD', due, whole(now + pause), id)
    stand_in_line(id, redis.call('HGET', key, 'at'))
    found[#found + 1] = wake_up(id)
  else
    redis.call('ZREM', due, id)
    leave_line(id)
  end
end
return found
