-- Opens effects outside any commit. ARGV: effects. Answers the wake-ups of those that were not open before.

local found = {}
for _, effect in ipairs(cjson.decode(ARGV[1])) do
  local wake = open_effect(effect)
  if wake then found[#found + 1] = wake end
end
return found
