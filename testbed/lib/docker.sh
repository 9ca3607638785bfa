# shellcheck shell=bash
# A Docker engine for Testcontainers, beside kubelet on the same containerd. Its networks are the box's, so a published
# port is on the node's address.

docker_launch() {
  local node_root docker_root libraries
  node_root=$(package_root node)
  docker_root=$(package_root docker)
  libraries=$(library_path docker)
  # The pid file and sockets of an earlier one that was killed keep a new one from starting.
  enter rm -rf /run/docker /run/docker.pid
  # iptables=false: what publishes ports is docker-proxy, and Docker changes no packet filter.
  launch dockerd env ${libraries:+"LD_LIBRARY_PATH=$libraries"} "PATH=$docker_root/usr/sbin:$docker_root/usr/bin:$node_root/usr/sbin:$node_root/usr/bin:$PATH" \
    "$(program docker dockerd)" --config-file "$ETC/docker.json" --containerd "$CONTAINERD_SOCKET" --host "unix://$DOCKER_SOCKET" \
    --data-root "$STATE/docker" --exec-root /run/docker --pidfile /run/docker.pid --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "/$NAME/docker" \
    --bip 172.30.0.1/24 --iptables=false --ip-masq=false --registry-mirror "http://$REGISTRY" --insecure-registry "$REGISTRY"
}

docker_works() { without_proxy env DOCKER_HOST="unix://$DOCKER_SOCKET" "$BIN/docker" version; }

docker_start() {
  echo '{}' >"$ETC/docker.json"
  ln -sf "$(program docker docker)" "$BIN/docker"
  start_part dockerd
  until_ok 60 part_works dockerd
}

# docker_up: part of `up --docker` and `docker-up`.
docker_up() {
  ensure_packages docker "the Docker engine"
  if pid_of dockerd >/dev/null && docker_works >/dev/null 2>&1; then return 0; fi
  step "Docker engine" docker_start
}
