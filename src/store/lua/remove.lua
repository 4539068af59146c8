-- Takes an aggregate out, if it is still of the version that was read. ARGV: id, version.
local id, version = ARGV[1], ARGV[2]
local aggregate = base .. id
if redis.call('HGET', aggregate, 'version') ~= version then return 0 end
redis.call('DEL', aggregate, aggregate .. ':log', aggregate .. ':alerts', aggregate .. ':top', aggregate .. ':kept')
for _, kind in ipairs({ 'incident', 'run' }) do
  for _, which in ipairs({ 'all', 'open' }) do redis.call('ZREM', base .. 'index:' .. kind .. ':' .. which, id) end
end
redis.call('ZREM', base .. 'ended', id)
redis.call('INCR', base .. 'writes')
return 1
