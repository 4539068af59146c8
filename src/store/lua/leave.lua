-- A worker goes in peace. ARGV: owner, then its pools.

for at = 2, #ARGV do redis.call('ZREM', workers, ARGV[at] .. '\n' .. ARGV[1]) end
return nil
