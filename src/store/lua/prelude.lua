-- Stands before every script: names of keys, Redis' own clock, and what an effect can go through.
-- Handed in before it by scripts.ts: FIRST_LOOK, LONGEST_LOOK, REMEMBERED, TOGETHER, NEAR, ABSENT (milliseconds).

local base = KEYS[1]
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

-- Effect -> when to look at it again: ready, the next wake-up; running, the end of the lease.
local due = base .. 'due'
-- Ready effect -> when it was due; those of pools apart.
local waiting = base .. 'waiting'
local waiting_steps = base .. 'waiting:steps'

-- Effect that is due in a while, of which nothing else is kept yet -> when it is due; and what it is.
local far, far_bodies = base .. 'far', base .. 'far:bodies'

-- Who begins effects -> when the last of their leases ends.
local holders = base .. 'holders'

-- Claims that people may ask to see (`lock/…`, `guard/…`) -> when they end.
local shown_claims = base .. 'claims'

-- `pool\nworker` -> when it last said that it is here.
local workers = base .. 'workers'

local function effect_key(id) return base .. 'fx:' .. id end

local function whole(number) return string.format('%.0f', number) end

local function wake_up(id)
  local post, at, urgency, pool = unpack(redis.call('HMGET', effect_key(id), 'post', 'at', 'urgency', 'pool'))
  return { id, post, at, urgency, pool or '' }
end

local function stand_in_line(id, at)
  local line = redis.call('HEXISTS', effect_key(id), 'pool') == 1 and waiting_steps or waiting
  redis.call('ZADD', line, at, id)
end

local function leave_line(id)
  redis.call('ZREM', waiting, id)
  redis.call('ZREM', waiting_steps, id)
end

local function make_ready(id, at, look)
  local key = effect_key(id)
  redis.call('PERSIST', key)
  redis.call('HINCRBY', key, 'post', 1)
  redis.call('HSET', key, 'st', 'ready', 'owner', '', 'at', whole(at), 'tries', 0)
  redis.call('ZADD', due, whole(look), id)
  stand_in_line(id, whole(at))
  return wake_up(id)
end

local function write_body(effect)
  local refresh = effect.refresh and 1 or 0
  redis.call('HSET', effect_key(effect.id), 'body', effect.body, 'urgency', effect.urgency, 'refresh', refresh)
  if effect.pool then redis.call('HSET', effect_key(effect.id), 'pool', effect.pool) end
end

-- Answers a wake-up where it was not open before, and is due soon.
local function open_effect(effect)
  local key = effect_key(effect.id)
  local st = redis.call('HGET', key, 'st')
  if st and not effect.refresh then return nil end
  local at = effect.dueAt or now
  if not effect.refresh then
    if redis.call('HEXISTS', far_bodies, effect.id) == 1 then return nil end
    if at > now + NEAR then
      redis.call('ZADD', far, whole(at), effect.id)
      redis.call('HSET', far_bodies, effect.id, effect.body)
      return nil
    end
  end
  if effect.refresh then redis.call('HINCRBY', key, 'wanted', 1) end
  if st and st ~= 'settled' then return nil end
  write_body(effect)
  return make_ready(effect.id, at, at + FIRST_LOOK)
end

-- What is due soon is open from now on as any other. Answers its wake-up.
local function bring_near(id)
  local body, at = redis.call('HGET', far_bodies, id), tonumber(redis.call('ZSCORE', far, id))
  redis.call('ZREM', far, id)
  redis.call('HDEL', far_bodies, id)
  local effect = cjson.decode(body)
  write_body({ id = id, body = body, urgency = effect.urgency, pool = effect.pool })
  return make_ready(id, at, at + FIRST_LOOK)
end

-- held: with a living lease; lapsed: taken by nobody else; settled: by this very hold; lost: anything else.
local function standing(hold)
  local st, owner, n = unpack(redis.call('HMGET', effect_key(hold.id), 'st', 'owner', 'n'))
  if not st or owner ~= hold.owner or tonumber(n) ~= hold.n then return 'lost' end
  if st == 'settled' then return 'settled' end
  local lease = tonumber(redis.call('ZSCORE', due, hold.id) or 0)
  return (st == 'running' and lease > now) and 'held' or 'lapsed'
end

-- The settled effect stays for a day: a repeated decision must not open it twice, and its numbers go on rising.
local function remember_settled(id, refresh)
  local key = effect_key(id)
  local names = refresh and { 'owner', 'n', 'post', 'wanted', 'refresh', 'clean' } or { 'owner', 'n' }
  local values = redis.call('HMGET', key, unpack(names))
  -- Written anew: a hash that once held its body takes several times the room for as long as it lives.
  redis.call('DEL', key)
  redis.call('HSET', key, 'st', 'settled')
  for at, name in ipairs(names) do
    if values[at] then redis.call('HSET', key, name, values[at]) end
  end
  redis.call('PEXPIRE', key, REMEMBERED)
  redis.call('ZREM', due, id)
  leave_line(id)
end

-- A painter that lost its claim may have painted an old picture over a new one: once more.
local function want_again(effect, st)
  redis.call('HINCRBY', effect_key(effect.id), 'wanted', 1)
  if st ~= 'settled' then return nil end
  write_body(effect)
  return make_ready(effect.id, now, now + FIRST_LOOK)
end

-- Answers a wake-up where a refresh is wanted anew. `effect`: what it was, for the painter who comes too late.
local function settle_effect(hold, effect)
  local st, refresh, wanted = unpack(redis.call('HMGET', effect_key(hold.id), 'st', 'refresh', 'wanted'))
  local stands = standing(hold)
  if stands == 'settled' then return nil end
  if stands == 'lost' then return refresh == '1' and effect and want_again(effect, st) or nil end
  if refresh == '1' and tonumber(wanted or 0) > hold.wanted then
    -- Not at once: what goes on happening is painted in the rhythm of a viewer, not of the events.
    return make_ready(hold.id, now + TOGETHER, now + TOGETHER + FIRST_LOOK)
  end
  remember_settled(hold.id, refresh == '1')
  return nil
end

-- Lua's unpack holds some 8,000 values: a storm's records go over in pieces.
local function call_in_pieces(command, key, first, last)
  for from = first, last, 2000 do
    redis.call(command, key, unpack(ARGV, from, math.min(from + 1999, last)))
  end
end
