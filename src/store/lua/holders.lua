-- Who has claims on effects; those whose leases are all over are forgotten.

redis.call('ZREMRANGEBYSCORE', holders, '-inf', now)
return redis.call('ZRANGE', holders, 0, -1)
