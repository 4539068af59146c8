-- Nothing may be taken for so long; a longer block that stands already stays. ARGV: key, ms.

local key, ms = base .. 'block:' .. ARGV[1], math.ceil(tonumber(ARGV[2]))
if ms > redis.call('PTTL', key) and ms > 0 then redis.call('SET', key, '1', 'PX', ms) end
return nil
