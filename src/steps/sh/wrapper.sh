# Stays beside the script: lets it go, keeps its output within bounds, ends it in time, and writes down how it ended.
dir=$1 seconds=$2 patience=$3 interpreter=$4 mask=$5
umask 077
cd "${HOME:-/}" 2>/dev/null || cd /

# Started twice, only one goes on.
ln -s "$$" "$dir/wrapper.pid" 2>/dev/null || exit 0
printf '%s %s\n' "$$" "$(identity "$$")" >"$dir/pid.new" && mv "$dir/pid.new" "$dir/pid" || exit 1

# The verdict is a link, since making one is atomic: either it was let go, or nobody did and nobody ever will.
n=0
until verdict=$(readlink "$dir/verdict"); do
  [ -d "$dir" ] || exit 0
  n=$((n + 1))
  [ "$n" -gt "$patience" ] && ln -s abandoned "$dir/verdict" 2>/dev/null
  sleep 0.2
done
if [ "$verdict" != go ]; then rm -f "$dir/env" && exit 0; fi

# Two pieces of 512 KiB: the last part of any flood. `dd` writes what it has read at once.
mkfifo "$dir/out" || exit 1
(
  piece=0
  while :; do
    dd bs=65536 count=524288 iflag=count_bytes of="$dir/log.$piece" 2>/dev/null
    [ -s "$dir/log.$piece" ] || break
    piece=$((piece + 1))
    [ "$piece" -ge 2 ] && rm -f "$dir/log.$((piece - 2))"
  done
) <"$dir/out" &
logger=$!

# In a session of its own, so that it can be ended with all that it started. Names of its environment are not ours.
(
  umask "$mask"
  set -- "$dir/env" "$interpreter" "$dir/script"
  . "$1"
  rm -f "$1"
  exec setsid "$2" "$3"
) >"$dir/out" 2>&1 </dev/null &
script=$!
since=$(identity "$script")
printf '%s %s\n' "$script" "$since" >"$dir/script.pid"

by=
group() { kill -s "$1" -- "-$script" 2>/dev/null; }
stop() {
  [ -z "$by" ] || return 0
  by=$1
  group TERM || kill -s TERM "$script" 2>/dev/null
  (
    n=0
    # Looked at without a pause, the number cannot have become another's.
    while group 0; do
      n=$((n + 1))
      if [ "$n" -gt 30 ]; then group KILL && break; fi
      sleep 0.1
    done
  ) &
}
trap 'stop timeout' USR1
trap 'stop stopped' TERM

(
  trap 'kill "$nap" 2>/dev/null; exit 0' TERM
  sleep "$seconds" &
  nap=$!
  wait "$nap"
  kill -s USR1 "$$"
) >/dev/null 2>&1 </dev/null &
watchdog=$!

# A signal ends `wait` before the script has ended.
while :; do
  wait "$script"
  code=$?
  if [ "$code" -gt 128 ] && [ -n "$since" ] && [ "$(identity "$script")" = "$since" ]; then continue; fi
  break
done
kill "$watchdog" 2>/dev/null
if [ -n "$by" ]; then
  n=0
  while group 0 && [ "$n" -lt 50 ]; do
    n=$((n + 1))
    sleep 0.1
  done
fi
# What the script left running may hold its output open.
n=0
while [ -n "$(identity "$logger")" ] && [ "$n" -lt 20 ]; do
  n=$((n + 1))
  sleep 0.1
done
# A unit holds also what had left the session: it is gone before anybody is told.
if [ -n "$by" ] && [ -e "$dir/unit" ]; then
  for other in $(cat "/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/cgroup.procs" 2>/dev/null); do
    [ "$other" = "$$" ] || kill -s KILL "$other" 2>/dev/null
  done
fi
printf '%s %s\n' "$code" "${by:-itself}" >"$dir/exit.new" && mv "$dir/exit.new" "$dir/exit"
if [ -n "$by" ] && [ -e "$dir/unit" ]; then systemctl kill --signal=KILL "$(cat "$dir/unit")"; fi
exit 0
