# shellcheck shell=bash
# in-box-init NAME RUN TOP CACHE PAUSE, through stdin of a bash that is process 1 of the box: makes the box's own view of
# the machine, then becomes the keeper.
set -euo pipefail
name=$1 run=$2 top=$3 cache=$4 pause=$5

while read -r mount; do
  echo 0 >"$mount/$name/daemons/cgroup.procs"
done < <(awk '($3 == "cgroup" || $3 == "cgroup2") && index($2, "/sys/fs/cgroup") == 1 {print $2}' /proc/mounts)

# /proc is still the host's: it shows this process under the number that the host knows it by.
read -r stat </proc/self/stat
read -ra fields <<<"${stat##*) }"
echo "${stat%% *} ${fields[19]}" >"$run/keeper.pid"
stat -Lc %d:%i "/proc/${stat%% *}/ns/mnt" >"$run/mount-namespace"

# The daemons have folders compiled in (shim sockets, device plugins, logs' links, leases): the host's are covered with
# empty ones. What lies below them and is ours is put back, out of a descriptor, whose path mount must not look up again.
exec 3<"$top" 4<"$cache" 5<"/proc"
for dir in /run /var/lib /var/log; do mount -t tmpfs -o mode=755 tmpfs $dir; done
mkdir -p "$top" "$cache"
[ "$top" -ef /proc/self/fd/3 ] || mount --no-canonicalize --rbind /proc/self/fd/3 "$top"
[ "$cache" -ef /proc/self/fd/4 ] || mount --no-canonicalize --rbind /proc/self/fd/4 "$cache"
mkdir -p /run/host-proc /run/netns /run/lock
mount --no-canonicalize --rbind /proc/self/fd/5 /run/host-proc
exec 3<&- 4<&- 5<&-
mount -t proc proc /proc

# kubelet insists on these kernel settings, which belong to the whole machine. It is shown files that already say what
# it wants, so that it changes nothing.
mkdir -p "$run/sysctl"
tell() {
  [ -e "/proc/sys/$1" ] || return 0
  echo "$2" >"$run/sysctl/${1//\//.}"
  mount --bind "$run/sysctl/${1//\//.}" "/proc/sys/$1"
}
tell vm/overcommit_memory 1
tell vm/panic_on_oom 0
tell kernel/panic 10
tell kernel/panic_on_oops 1
tell kernel/keys/root_maxkeys 1000000
tell kernel/keys/root_maxbytes 25000000

: >"$run/box-ready"
cd /
exec "$pause" </dev/null
