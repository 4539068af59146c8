-- A worker is here. ARGV: owner, then its pools.

for at = 2, #ARGV do
  redis.call('ZADD', workers, whole(now), ARGV[at] .. '\n' .. ARGV[1])
  redis.call('HSET', base .. 'pools', ARGV[at], whole(now))
end
redis.call('ZREMRANGEBYSCORE', workers, '-inf', whole(now - ABSENT))
return nil
