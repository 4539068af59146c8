-- Claims an effect for a lease. ARGV: id, owner, lease in ms, the owner's pools as JSON ('': any). Answers {body, n, wanted,
-- whether an earlier begin may have acted, the time, and version, state and head of what it is about}, or nothing where it is
-- not to be had.

local id, owner, lease = ARGV[1], ARGV[2], tonumber(ARGV[3])
local key = effect_key(id)
local st, at, body, pool = unpack(redis.call('HMGET', key, 'st', 'at', 'body', 'pool'))
if not st or st == 'settled' then return nil end
if st == 'ready' and tonumber(at) > now then return nil end
if st == 'running' and tonumber(redis.call('ZSCORE', due, id) or 0) > now then return nil end

local function is_mine()
  if not pool or ARGV[4] == '' then return true end
  for _, mine in ipairs(cjson.decode(ARGV[4])) do
    if mine == pool then return true end
  end
  return false
end
if not is_mine() then return nil end

redis.call('INCR', base .. 'writes')
local n = redis.call('HINCRBY', key, 'n', 1)
redis.call('HSET', key, 'st', 'running', 'owner', owner, 'tries', 0)
redis.call('ZADD', due, whole(now + lease), id)
redis.call('ZADD', holders, whole(now + lease), owner)
leave_line(id)
local wanted, clean = unpack(redis.call('HMGET', key, 'wanted', 'clean'))
local may_have_acted = tonumber(clean or 0) < n - 1 and 1 or 0
local effect = cjson.decode(body)
local about = redis.call('HMGET', base .. (effect.incident or effect.run), 'version', 'state', 'head')
return { body, n, tonumber(wanted or 0), may_have_acted, whole(now), unpack(about) }
