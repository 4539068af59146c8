-- Counts on from where the store had been before it went back. ARGV: writes.

local writes = tonumber(redis.call('GET', base .. 'writes') or 0)
if writes < tonumber(ARGV[1]) then redis.call('SET', base .. 'writes', ARGV[1]) end
return nil
