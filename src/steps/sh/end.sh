# Ends a script and all that it started; never a process that merely has its number. Given: dir, pid, started, unit.
living() { [ "$(identity "$pid")" = "$started" ]; }

# Its wrapper knows how: TERM, then KILL.
living && kill -s TERM "$pid"
n=0
while living && [ "$n" -lt 60 ]; do
  n=$((n + 1))
  sleep 0.1
done
if living; then
  [ -e "$dir/script.pid" ] && read -r script since <"$dir/script.pid"
  [ -n "$script" ] && [ "$(identity "$script")" = "$since" ] && kill -s KILL -- "-$script"
  living && kill -s KILL "$pid"
  [ "$unit" != - ] && systemctl kill --signal=KILL "$unit"
  sleep 0.1
fi
if [ -e "$dir/exit" ]; then
  say "ended $(cat "$dir/exit")"
elif living; then
  say running
else
  say dead
fi
