#!/bin/sh
# Starts the agent of the image. As root it gives that up: it becomes the user xem, with the four rights that it needs to run
# tools as XEM_TOOLS_USER, or with none where that is set to nothing. As another user it is started as it stands.
set -eu
agent=/opt/xerotier/packages/xem-agent/main.ts
[ "$(id -u)" = 0 ] || exec node "$agent" "$@"

: "${XEM_TOOLS_USER=xem-tools}"
export XEM_TOOLS_USER
rights=-all
[ -z "$XEM_TOOLS_USER" ] || rights=-all,+chown,+kill,+setgid,+setuid
exec setpriv --reuid=5153 --regid=5153 --clear-groups "--inh-caps=$rights" "--ambient-caps=$rights" --no-new-privs -- \
  node "$agent" "$@"
