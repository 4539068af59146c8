-- Done without news. ARGV: hold. Answers a wake-up where a refresh is wanted anew.

return settle_effect(cjson.decode(ARGV[1]))
