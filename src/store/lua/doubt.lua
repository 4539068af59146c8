-- Nobody knows which open effects were done: each counts as begun once more, so that whoever takes it looks first.

for _, id in ipairs(redis.call('ZRANGE', due, 0, -1)) do
  if redis.call('HEXISTS', effect_key(id), 'st') == 1 then redis.call('HINCRBY', effect_key(id), 'n', 1) end
end
return nil
