-- One commit: what caused it, version, history's head and claims are checked before the first write; then all is written.
-- ARGV: the change (see commit.ts); its state or ''; history entries; fingerprint, record …; score, fingerprint ….

local change = cjson.decode(ARGV[1])
local aggregate = base .. change.id
local has_state = ARGV[2] ~= ''
local history_from = 3
local records_from = history_from + change.history
local scores_from = records_from + 2 * change.records

local inbox, ended = base .. 'inbox', base .. 'ended'
local function event_key(cause) return base .. 'event:' .. cause.event end
local function claim_key(claim) return base .. 'claim:' .. claim.key end

local function refusal_of_cause(cause)
  if cause.kind == 'inbox' then return redis.call('HEXISTS', inbox, cause.entry) == 0 and 'repeated' or nil end
  if cause.kind == 'event' then return redis.call('EXISTS', event_key(cause)) == 1 and 'repeated' or nil end
  local stands = standing(cause.hold)
  if stands == 'held' then return nil end
  if cause.kind == 'holding' or stands == 'lost' then return 'lost' end
  return stands == 'settled' and 'repeated' or nil
end

for _, cause in ipairs(change.causes) do
  local refused = refusal_of_cause(cause)
  if refused then return { refused } end
end

local known, head = unpack(redis.call('HMGET', aggregate, 'version', 'head'))
local version = tonumber(known or 0)
if version ~= change.version then return { 'conflict' } end
-- Another process wrote history without a new version: the chain must be continued from there.
if change.history > 0 and (head or '') ~= change.head then return { 'conflict' } end

for _, claim in ipairs(change.claims) do
  local value = redis.call('GET', claim_key(claim))
  local fits = not claim.looks or (claim.expect and value == claim.expect) or (not claim.expect and not value)
  if not fits then return { 'claimed_by_other', claim.key, value } end
end

-- From here on, only writes.

local fresh = { 'committed' }
local function woken(wake)
  if not wake then return end
  for _, field in ipairs(wake) do fresh[#fresh + 1] = field end
end

local function consume(cause)
  if cause.kind == 'inbox' then
    redis.call('HDEL', inbox, cause.entry)
  elseif cause.kind == 'event' then
    redis.call('SET', event_key(cause), '1', 'PX', REMEMBERED)
  elseif cause.kind == 'effect' then
    woken(settle_effect(cause.hold))
  end
end

-- Those that ended by themselves leave as others come.
local function list_claim(claim)
  if string.sub(claim.key, 1, 5) ~= 'lock/' and string.sub(claim.key, 1, 6) ~= 'guard/' then return end
  redis.call('ZREMRANGEBYSCORE', shown_claims, '-inf', now)
  if claim.remove then
    redis.call('ZREM', shown_claims, claim.key)
  elseif claim.set then
    redis.call('ZADD', shown_claims, claim.ttlMs and whole(now + claim.ttlMs) or '+inf', claim.key)
  end
end

local kept = aggregate .. ':kept'

local function write_claim(claim)
  list_claim(claim)
  if claim.kept then redis.call('SADD', kept, claim.key) end
  if claim.remove then
    redis.call('DEL', claim_key(claim))
  elseif claim.set and claim.ttlMs then
    redis.call('SET', claim_key(claim), claim.set, 'PX', claim.ttlMs)
  elseif claim.set then
    redis.call('SET', claim_key(claim), claim.set)
  end
end

-- Those that somebody else has by now are theirs.
local function give_back_kept()
  for _, key in ipairs(redis.call('SMEMBERS', kept)) do
    local claim = { key = key }
    if redis.call('GET', claim_key(claim)) == change.id then redis.call('DEL', claim_key(claim)) end
  end
  redis.call('DEL', kept)
end

-- Listed in the order of creation, also after a reopening; what has ended, by when it last changed.
local function write_index()
  local index = base .. 'index:' .. change.kind
  local created = redis.call('ZSCORE', index .. ':all', change.id)
  if not created then
    created = redis.call('INCR', base .. 'created')
    redis.call('ZADD', index .. ':all', created, change.id)
  end
  if change.open then
    local is_new = redis.call('ZADD', index .. ':open', created, change.id) == 1
    if is_new then redis.call('ZREM', ended, change.id) end
  else
    redis.call('ZREM', index .. ':open', change.id)
    redis.call('ZADD', ended, whole(now), change.id)
  end
end

redis.call('INCR', base .. 'writes')
for _, cause in ipairs(change.causes) do consume(cause) end

if has_state then
  version = version + 1
  redis.call('HSET', aggregate, 'version', version, 'state', ARGV[2])
  write_index()
end

if change.history > 0 then
  call_in_pieces('RPUSH', aggregate .. ':log', history_from, records_from - 1)
  redis.call('HSET', aggregate, 'head', change.newHead)
end

if change.records > 0 then
  call_in_pieces('HSET', aggregate .. ':alerts', records_from, scores_from - 1)
  call_in_pieces('ZADD', aggregate .. ':top', scores_from, scores_from + 2 * change.records - 1)
end

for _, claim in ipairs(change.claims) do write_claim(claim) end
if change.over then give_back_kept() end
for _, effect in ipairs(change.effects) do woken(open_effect(effect)) end

table.insert(fresh, 2, whole(version))
table.insert(fresh, 3, whole(now))
return fresh
