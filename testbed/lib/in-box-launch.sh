# shellcheck shell=bash
# in-box-launch NAME PIDFILE LOG CGROUP COMMAND..., through stdin of a bash within the box.
set -euo pipefail
pidfile=$2 log=$3 cgroup=$4
shift 4
# Tells runc, containerd and dockerd that they are contained: they then load no AppArmor profiles into the host's kernel.
export container=testbed
# A proxy reaches nothing that these daemons talk to.
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy
ulimit -n "$(ulimit -Hn)"
# In the background, so that the keeper becomes its parent.
(
  exec </dev/null >>"$log" 2>&1 9>&-
  while read -r mount; do echo 0 >"$mount/$cgroup/daemons/cgroup.procs"; done \
    < <(awk '($3 == "cgroup" || $3 == "cgroup2") && index($2, "/sys/fs/cgroup") == 1 {print $2}' /proc/mounts)
  read -r stat </run/host-proc/self/stat
  read -ra fields <<<"${stat##*) }"
  echo "${stat%% *} ${fields[19]}" >"$pidfile.new"
  mv "$pidfile.new" "$pidfile"
  exec setsid "$@"
) &
