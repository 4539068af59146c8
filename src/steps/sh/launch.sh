# Puts a script on the target and starts its wrapper, which waits until it is let go. Found already: says where.
# Given: name, fresh (`yes` where nobody has begun it), seconds, patience, interpreter, script, environment, wrapper.
mask=$(umask)
umask 077
me=$(id -u)

# Who owns the folder decides what runs in it.
mine() { [ -d "$1" ] && [ ! -L "$1" ] && [ -O "$1" ] && [ -w "$1" ] && chmod 700 "$1" 2>/dev/null; }

dir=
made=
for base in "/var/tmp/tocsin-$me" "/run/tocsin-$me" "/tmp/tocsin-$me"; do
  mine "$base" && [ -d "$base/$name" ] && dir=$base/$name && break
done
for base in "/var/tmp/tocsin-$me" "/run/tocsin-$me" "/tmp/tocsin-$me"; do
  [ -z "$dir" ] || break
  mkdir "$base" 2>/dev/null
  mine "$base" || continue
  if mkdir "$base/$name" 2>/dev/null; then made=1; else [ -d "$base/$name" ] || continue; fi
  dir=$base/$name
done
if [ -z "$dir" ]; then say refused no-folder && return 0; fi
# Nobody of ours began this attempt: whoever did knows what became of it, and we do not.
if [ "$fresh" = yes ] && [ -z "$made" ]; then say refused begun-elsewhere && return 0; fi

if [ -n "$made" ]; then
  if ! command -v setsid >/dev/null || ! command -v mkfifo >/dev/null || ! command -v base64 >/dev/null; then
    rm -rf "$dir" && say refused no-programs && return 0
  fi
  if ! command -v "$interpreter" >/dev/null; then rm -rf "$dir" && say refused no-interpreter && return 0; fi
  printf '%s' "$script" >"$dir/script" && printf '%s' "$environment" >"$dir/env" &&
    printf '%s' "$wrapper" >"$dir/wrapper" || { rm -rf "$dir" && say refused disk-full && return 0; }
  # What ended, or lies there without a life, for a week.
  find "${dir%/*}" -mindepth 1 -maxdepth 1 -type d -mtime +7 2>/dev/null | while read -r old; do
    pid= started=
    [ -e "$old/pid" ] && read -r pid started <"$old/pid"
    [ ! -e "$old/exit" ] && [ -n "$started" ] && [ "$(identity "$pid")" = "$started" ] && continue
    rm -rf -- "$old"
  done
  set -- /bin/sh "$dir/wrapper" "$dir" "$seconds" "$patience" "$interpreter" "$mask"
  # sd_booted(3). Other users' services end when they log out. It needs nothing that a booting machine would wait for.
  if [ "$me" = 0 ] && [ -d /run/systemd/system ] && command -v systemd-run >/dev/null &&
    systemd-run --quiet --collect --unit="$name" --property=KillMode=process \
      --property=DefaultDependencies=no --setenv=PATH="$PATH" --setenv=HOME="${HOME:-/}" --setenv=USER="${USER:-root}" -- "$@" </dev/null >/dev/null 2>"$dir/systemd-run"; then
    echo "$name.service" >"$dir/unit"
  else
    setsid "$@" </dev/null >/dev/null 2>&1 &
  fi
fi

n=0
while [ ! -e "$dir/pid" ] && [ "$n" -lt 50 ]; do
  n=$((n + 1))
  sleep 0.1
done
pid=- started=- unit=-
[ -e "$dir/pid" ] && read -r pid started <"$dir/pid"
[ -e "$dir/unit" ] && read -r unit <"$dir/unit"
say staged "$dir" "$pid" "$started" "$unit"
