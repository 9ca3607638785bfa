# shellcheck shell=bash disable=SC2153
# The box: one network, mount and process namespace and one cgroup that hold all of the testbed. Process 1 of the box
# (the keeper) holds it open: when it dies the kernel kills all others, and all mounts made within are gone with the
# last of them. So nothing depends on pid files: what is ours is what is in the cgroup or in one of the namespaces.

# All cgroup mounts: one per controller with cgroup v1, a single one with v2.
cgroup_mounts() { awk '($3 == "cgroup" || $3 == "cgroup2") && index($2, "/sys/fs/cgroup") == 1 {print $2}' /proc/mounts; }

cgroups_make() {
  local mount dir controller controllers
  while read -r mount; do
    # v2: a group has the controllers that its parents give it; kubelet wants them before it starts.
    if [ -f "$mount/cgroup.subtree_control" ]; then
      mkdir -p "$mount/$NAME"
      read -ra controllers <"$mount/cgroup.controllers" || true
      for controller in "${controllers[@]}"; do
        for dir in "$mount" "$mount/$NAME"; do echo "+$controller" >"$dir/cgroup.subtree_control" || true; done
      done
    fi
    for dir in "$mount/$NAME" "$mount/$NAME/daemons" "$mount/$NAME/steps"; do
      mkdir -p "$dir"
      # A v1 cpuset takes no process before it is told its processors and memory nodes.
      if [ -f "$dir/cpuset.mems" ] && [ -f "$dir/tasks" ]; then
        cat "$dir/../cpuset.cpus" >"$dir/cpuset.cpus"
        cat "$dir/../cpuset.mems" >"$dir/cpuset.mems"
      fi
    done
  done < <(cgroup_mounts)
}

# cgroup_join GROUP: moves this shell (and what it starts) there, if the testbed has cgroups already.
cgroup_join() {
  local mount
  while read -r mount; do
    [ ! -d "$mount/$NAME/$1" ] || echo "$BASHPID" >"$mount/$NAME/$1/cgroup.procs"
  done < <(cgroup_mounts)
}

cgroups_remove() {
  local mount tries
  for tries in {1..50}; do
    while read -r mount; do
      [ ! -d "$mount/$NAME" ] || find "$mount/$NAME" -depth -type d -exec rmdir {} + 2>/dev/null || true
    done < <(cgroup_mounts)
    [ -n "$(cgroups_left)" ] || return 0
    sleep 0.1
  done
  echo "cgroups still there after $tries tries: $(cgroups_left)" >&2
  return 1
}

cgroups_left() { local mount; while read -r mount; do [ ! -d "$mount/$NAME" ] || echo "$mount/$NAME"; done < <(cgroup_mounts); }

# PID START of a process, so that a later process with the same number is not taken for it.
start_time() { local fields; stat_fields "$1" && echo "${fields[19]}"; }
state_of() { local fields; stat_fields "$1" && echo "${fields[0]}"; }
# The fields of /proc/PID/stat after the command's name, which may hold blanks.
stat_fields() { local stat; { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1; read -ra fields <<<"${stat##*) }"; }

# pid_of NAME: prints the pid if that very process still runs.
pid_of() {
  local pid start now
  { read -r pid start <"$RUN/$1.pid"; } 2>/dev/null || return 1
  now=$(start_time "$pid") || return 1
  [ "$now" = "$start" ] && [ "$(state_of "$pid")" != Z ] && echo "$pid"
}

# enter COMMAND...: runs it within the box.
enter() {
  local keeper
  keeper=$(pid_of keeper) || { echo "the testbed is not up" >&2; return 1; }
  nsenter --target "$keeper" --net --mount --pid --wd=/ -- "$@"
}

# launch NAME COMMAND...: starts a daemon within the box; its log is $LOG/NAME.log, its pid (the host's view) $RUN/NAME.pid.
launch() {
  local name=$1
  shift
  rm -f "$RUN/$name.pid"
  # The script comes through stdin because its file may lie in a folder that is covered within the box.
  enter bash -s -- "$name" "$RUN/$name.pid" "$LOG/$name.log" "$NAME" "$@" <"$TESTBED_DIR/lib/in-box-launch.sh"
  until_ok 60 test -s "$RUN/$name.pid"
}

box_is_up() { [ -e "$NETNS" ] && [ -e "$RUN/box-ready" ] && pid_of keeper >/dev/null; }

box_make() {
  mkdir -p "$RUN" "$LOG" "$STATE" "$CACHE" /run/netns
  : >"$NETNS"
  unshare --net="$NETNS" true
  ip link add "$VETH" type veth peer name node netns "$NAME"
  ip address add "$HOST_IP/24" dev "$VETH"
  ip link set "$VETH" up
  nsenter --net="$NETNS" bash -euc "
    echo 1 >/proc/sys/net/ipv4/ip_forward
    ip link set lo up
    ip address add $NODE_IP/24 dev node
    ip link set node up
    # The API server's calls to webhooks: the packet filter gives a service's packet its true way, but only to a packet that
    # has some way to begin with.
    ip route add $SERVICE_CIDR dev node src $NODE_IP"
  # The node has no default route: what is not here is unreachable at once instead of after a timeout.
  ip route add "$POD_CIDR" via "$NODE_IP"
  ip route add "$SERVICE_CIDR" via "$NODE_IP"

  setsid nsenter --net="$NETNS" unshare --mount --propagation slave --pid --fork \
    bash -s -- "$NAME" "$RUN" "$TOP" "$CACHE" "$BIN/pause" \
    <"$TESTBED_DIR/lib/in-box-init.sh" >"$LOG/box.log" 2>&1 9>&- &
  until_ok 20 box_is_up || { cat "$LOG/box.log" >&2; return 1; }
}

# Processes that are ours: by cgroup, by network namespace, by mount namespace.
our_pids() {
  local mount id line
  {
    while read -r mount; do
      [ ! -d "$mount/$NAME" ] || find "$mount/$NAME" -name cgroup.procs -exec cat {} + 2>/dev/null || true
    done < <(cgroup_mounts)
    for id in "$(stat -Lc %d:%i "$NETNS" 2>/dev/null)" "$(cat "$RUN/mount-namespace" 2>/dev/null)"; do
      [ -n "$id" ] || continue
      while read -r line; do
        [ "${line%% *}" != "$id" ] || { line=${line#* /proc/}; echo "${line%%/*}"; }
      done < <(stat -Lc '%d:%i %n' /proc/[0-9]*/ns/net /proc/[0-9]*/ns/mnt 2>/dev/null)
    done
  } | sort -un
}

box_remove() {
  local pid pids deadline=$((SECONDS + 20)) mount
  if [ -e "$NETNS" ] && [ "$(stat -Lc %i "$NETNS")" = "$(stat -Lc %i /proc/self/ns/net)" ] && [ "$(stat -fc %T "$NETNS")" = nsfs ]; then
    echo "this shell is in the testbed's network namespace: leave it first" >&2
    return 1
  fi
  # What keeps data gets a moment to write it; the rest of the node goes as in a power cut.
  for pid in etcd registry containerd dockerd; do
    if pid=$(pid_of $pid); then kill "$pid" 2>/dev/null || true; fi
  done
  for pid in etcd registry; do
    for _ in {1..20}; do pid_of $pid >/dev/null || break; sleep 0.1; done
  done
  while pids=$(our_pids) && [ -n "$pids" ]; do
    # shellcheck disable=SC2086
    kill -9 $pids 2>/dev/null || true
    [ $SECONDS -lt $deadline ] || { echo "processes that do not die: $pids" >&2; return 1; }
    sleep 0.05
  done
  if [ -e "/sys/class/net/$VETH" ]; then ip link delete "$VETH" || true; fi
  while grep -q " $NETNS " /proc/mounts; do umount -l "$NETNS"; done
  rm -f "$NETNS"
  rmdir /run/netns 2>/dev/null || true

  cgroups_remove
  rm -rf "$RUN"
}

# Everything of ours that is to be seen from outside; nothing after `down`.
leftovers() {
  local pids
  pids=$(our_pids)
  # shellcheck disable=SC2086
  [ -z "$pids" ] || echo processes: $pids
  [ ! -e "$NETNS" ] || echo "network namespace: $NETNS"
  [ ! -e "/sys/class/net/$VETH" ] || echo "interface: $VETH"
  awk -v top="$TOP/" -v netns="$NETNS" 'index($2, top) == 1 || $2 == netns {print "mount: " $2}' /proc/mounts
  cgroups_left | sed 's/^/cgroup: /'
}
