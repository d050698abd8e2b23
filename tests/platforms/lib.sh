# shellcheck shell=bash
# Sourced by the start scripts: places, log lines, and processes that are remembered and ended one by one.
# Linux only (it reads /proc). stdout is kept for the JSON line; all else goes to stderr.
set -euo pipefail
RUN= # each script says where its processes, logs and JSON lines are

platform_dir() { realpath -m "${OSTRAKON_PLATFORM_DIR:-$HOME/.cache/ostrakon-platforms}"; }

log() { echo "[${0##*/} $(date +%T)] $*" >&2; }
die() { log "$*"; exit 1; }

# A process is known by its id AND its start time, so a reused id is never taken for ours. Zombies count as gone.
born() { sed -n 's/^.*) //p' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" { print $20 }'; }

remember() { echo "$1 $2 $(born "$2")" >>"$RUN/pids"; } # remember NAME PID

pid_of() { # pid_of NAME: prints the id if that process is still alive, else fails
  local name pid start
  while read -r name pid start; do
    if [ "$name" = "$1" ] && [ -n "$start" ] && [ "$(born "$pid")" = "$start" ]; then
      echo "$pid"
      return 0
    fi
  done < <(cat "$RUN/pids" 2>/dev/null)
  return 1
}

end() { # end NAME [SIGNAL]: TERM or SIGNAL, wait for at most 30 s, then KILL
  local pid
  pid=$(pid_of "$1") || return 0
  kill -"${2:-TERM}" "$pid" 2>/dev/null || true
  for _ in $(seq 150); do
    pid_of "$1" >/dev/null || return 0
    sleep 0.2
  done
  kill -KILL "$pid" 2>/dev/null || true
}

# free_ports N: the first of N neighbouring ports that are free on loopback, below the range the kernel hands out
free_ports() {
  python3 - "$1" <<'PY'
import random, socket, sys

n = int(sys.argv[1])
for _ in range(200):
    first, held = random.randrange(20000, 32000), []
    try:
        for port in range(first, first + n):
            held.append(socket.socket())
            held[-1].bind(("127.0.0.1", port))
    except OSError:
        continue
    finally:
        for one in held:
            one.close()
    print(first)
    break
else:
    sys.exit("no free ports found")
PY
}
