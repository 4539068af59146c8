# How it stands, and what it has printed since; waits a little where there is nothing new.
# Given: dir, pid, started, piece, offset, tries.
chunk=32768
n=0
while :; do
  if [ ! -d "$dir" ]; then say "gone|0|0|||" && return 0; fi
  # In this order: what ends writes `exit` before it is gone.
  living=
  [ "$(identity "$pid")" = "$started" ] && living=1
  verdict=$(readlink "$dir/verdict")
  state=running
  if [ -e "$dir/exit" ]; then
    state="ended $(cat "$dir/exit")"
  elif [ "$verdict" = abandoned ]; then
    state=abandoned
  elif [ -z "$living" ]; then
    state=dead
    [ -z "$verdict" ] && state=unborn
  elif [ -z "$verdict" ]; then
    state=waiting
  fi
  skipped=
  if [ ! -e "$dir/log.$piece" ]; then
    lowest=
    for file in "$dir"/log.*; do
      number=${file##*.}
      case $number in '' | *[!0-9]*) continue ;; esac
      if [ "$number" -gt "$piece" ] && { [ -z "$lowest" ] || [ "$number" -lt "$lowest" ]; }; then lowest=$number; fi
    done
    if [ -n "$lowest" ]; then piece=$lowest offset=0 skipped=skipped; fi
  fi
  size=0
  [ -e "$dir/log.$piece" ] && size=$(wc -c <"$dir/log.$piece")
  if [ "$size" -gt "$offset" ]; then
    text=$(tail -c "+$((offset + 1))" "$dir/log.$piece" | head -c "$chunk" | base64 | tr -d '\n')
    more=more
    [ "$((size - offset))" -le "$chunk" ] && [ ! -e "$dir/log.$((piece + 1))" ] && more=
    say "$state|$piece|$offset|$skipped|$more|$text" && return 0
  fi
  if [ -e "$dir/log.$((piece + 1))" ]; then
    piece=$((piece + 1)) offset=0
    continue
  fi
  n=$((n + 1))
  if [ "$state" != running ] || [ "$n" -gt "$tries" ]; then say "$state|$piece|$offset|$skipped||" && return 0; fi
  sleep 0.2
done
