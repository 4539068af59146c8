-- Done without news. ARGV: hold, the effect. Answers a wake-up where a refresh is wanted anew.

return settle_effect(cjson.decode(ARGV[1]), cjson.decode(ARGV[2]))
