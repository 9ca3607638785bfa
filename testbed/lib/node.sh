# shellcheck shell=bash disable=SC2153
# The parts of the node: how each is configured, started, and known to work.

PARTS=(registry containerd etcd kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy coredns)

write_configuration() {
  local node_root runc snapshotter=overlayfs
  node_root=$(package_root node)
  runc=$(program node runc)
  # Overlays do not stack: within a container whose root is one, containerd has to copy instead.
  mkdir -p "$STATE"
  if [ "$(stat -fc %T "$STATE")" = overlayfs ]; then snapshotter=native; fi
  mkdir -p "$ETC/cni" "$ETC/certs.d/_default" "$ETC/static-pods" "$LOG"
  # Every image name, whatever registry it names, is served from ours.
  cat >"$ETC/certs.d/_default/hosts.toml" <<END
[host."http://$REGISTRY"]
  capabilities = ["pull", "resolve"]
END
  cat >"$ETC/registry.yml" <<END
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: $STATE/registry}, delete: {enabled: true}}
http: {addr: "$REGISTRY"}
END
  cat >"$ETC/containerd.toml" <<END
version = 2
root = "$STATE/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.internal.v1.tracing", "io.containerd.tracing.processor.v1.otlp"]
[grpc]
  address = "$CONTAINERD_SOCKET"
[plugins."io.containerd.internal.v1.opt"]
  path = "$STATE/containerd-opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "registry.k8s.io/pause:testbed"
  # Without CAP_SYS_RESOURCE (a container, a sandbox) not even root may lower this score.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "$snapshotter"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
        BinaryName = "$runc"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "$node_root/usr/lib/cni"
    conf_dir = "$ETC/cni"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "$ETC/certs.d"
END
  # Pods are routed, not bridged (plugin ptp): on a bridge, replies from a service's pod to its neighbour would bypass
  # address translation unless the host loads br_netfilter.
  cat >"$ETC/cni/10-pods.conflist" <<END
{"cniVersion": "0.4.0", "name": "pods", "plugins": [
  {"type": "ptp", "ipMasq": false, "ipam": {"type": "host-local", "ranges": [[{"subnet": "$POD_CIDR"}]], "routes": [{"dst": "0.0.0.0/0"}]}}]}
END
  # What service accounts have asked of the API server since up, but for Kubernetes' own: it shows which rights they use.
  rm -f "$LOG"/audit*.log
  cat >"$ETC/audit.yaml" <<END
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- {level: None, userGroups: ["system:serviceaccounts:kube-system"]}
- {level: Metadata, userGroups: ["system:serviceaccounts"]}
- {level: None}
END
  : >"$ETC/resolv.conf"
  cat >"$ETC/kubelet.yaml" <<END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $NODE_IP
containerRuntimeEndpoint: unix://$CONTAINERD_SOCKET
cgroupDriver: cgroupfs
cgroupRoot: /$NAME
failCgroupV1: false
failSwapOn: false
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $PKI/ca.crt}}
authorization: {mode: Webhook}
tlsCertFile: $PKI/kubelet.crt
tlsPrivateKeyFile: $PKI/kubelet.key
clusterDomain: cluster.local
clusterDNS: [$NODE_IP]
resolvConf: $ETC/resolv.conf
podLogsDir: $LOG/pods
volumePluginDir: $STATE/volume-plugins
staticPodPath: $ETC/static-pods
maxPods: 200
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%, nodefs.inodesFree: 1%}
imageGCHighThresholdPercent: 100
serializeImagePulls: false
registryPullQPS: 50
END
  cat >"$ETC/kube-proxy.yaml" <<END
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
hostnameOverride: $NODE
clusterCIDR: $POD_CIDR
clientConnection: {kubeconfig: $PKI/kube-proxy.kubeconfig}
nodePortAddresses: [$NODE_IP/32]
bindAddress: $NODE_IP
metricsBindAddress: 127.0.0.1:10249
# 0 leaves the kernel's own limits, which a network namespace may not raise.
conntrack: {maxPerCore: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
END
  cat >"$ETC/Corefile" <<END
cluster.local:53 in-addr.arpa:53 ip6.arpa:53 {
  bind $NODE_IP
  errors
  ready $NODE_IP:8181
  kubernetes {
    kubeconfig $PKI/coredns.kubeconfig
    pods insecure
    ttl 5
  }
  cache 5
}
# All other names do not exist: said at once, so that no client tries again.
.:53 {
  bind $NODE_IP
  template ANY ANY {
    rcode NXDOMAIN
  }
}
END
}

start_part() {
  local node_root libraries
  node_root=$(package_root node)
  case $1 in
    registry)
      launch registry env OTEL_TRACES_EXPORTER=none "$(program node docker-registry)" serve "$ETC/registry.yml" ;;
    containerd)
      libraries=$(library_path node)
      launch containerd env ${libraries:+"LD_LIBRARY_PATH=$libraries"} "PATH=$node_root/usr/bin:$node_root/usr/sbin:$PATH" \
        "$(program node containerd)" --config "$ETC/containerd.toml" ;;
    etcd)
      # A crash of the machine may cost this etcd its data, which is for tests only; fsync would cost every write.
      launch etcd "$BIN/etcd" --name testbed --data-dir "$STATE/etcd" --unsafe-no-fsync --log-level warn \
        --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
        --listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 --initial-cluster testbed=http://127.0.0.1:2380 ;;
    kube-apiserver)
      launch kube-apiserver "$BIN/kube-apiserver" --etcd-servers http://127.0.0.1:2379 --secure-port 6443 --bind-address 0.0.0.0 --advertise-address "$NODE_IP" \
        --service-cluster-ip-range "$SERVICE_CIDR" --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction --allow-privileged=true \
        --kubelet-preferred-address-types InternalIP --client-ca-file "$PKI/ca.crt" \
        --tls-cert-file "$PKI/kube-apiserver.crt" --tls-private-key-file "$PKI/kube-apiserver.key" --kubelet-certificate-authority "$PKI/ca.crt" \
        --kubelet-client-certificate "$PKI/kubelet-client.crt" --kubelet-client-key "$PKI/kubelet-client.key" \
        --service-account-issuer https://kubernetes.default.svc.cluster.local --service-account-key-file "$PKI/sa.pub" --service-account-signing-key-file "$PKI/sa.key" \
        --requestheader-client-ca-file "$PKI/ca.crt" --requestheader-allowed-names front-proxy-client --requestheader-username-headers X-Remote-User \
        --requestheader-group-headers X-Remote-Group --requestheader-extra-headers-prefix X-Remote-Extra- \
        --proxy-client-cert-file "$PKI/front-proxy.crt" --proxy-client-key-file "$PKI/front-proxy.key" --profiling=false \
        --audit-policy-file "$ETC/audit.yaml" --audit-log-path "$LOG/audit.log" --audit-log-maxsize 500 --audit-log-maxbackup 1 ;;
    kube-controller-manager)
      launch kube-controller-manager "$BIN/kube-controller-manager" --kubeconfig "$PKI/kube-controller-manager.kubeconfig" --use-service-account-credentials \
        --leader-elect=false --service-account-private-key-file "$PKI/sa.key" --root-ca-file "$PKI/ca.crt" \
        --cluster-signing-cert-file "$PKI/ca.crt" --cluster-signing-key-file "$PKI/ca.key" --bind-address 127.0.0.1 --profiling=false \
        --kube-api-qps 300 --kube-api-burst 600 ;;
    kube-scheduler)
      launch kube-scheduler "$BIN/kube-scheduler" --kubeconfig "$PKI/kube-scheduler.kubeconfig" --leader-elect=false --bind-address 127.0.0.1 --profiling=false \
        --kube-api-qps 300 --kube-api-burst 600 ;;
    kubelet)
      launch kubelet "$BIN/kubelet" --config "$ETC/kubelet.yaml" --kubeconfig "$PKI/kubelet.kubeconfig" --root-dir "$STATE/kubelet" \
        --hostname-override "$NODE" --node-ip "$NODE_IP" ;;
    kube-proxy)
      # It trusts chains that an earlier kube-proxy left, even those it had emptied: they go first.
      enter nft delete table ip kube-proxy 2>/dev/null || true
      enter nft delete table ip6 kube-proxy 2>/dev/null || true
      launch kube-proxy "$BIN/kube-proxy" --config "$ETC/kube-proxy.yaml" ;;
    coredns)
      launch coredns "$BIN/coredns" -conf "$ETC/Corefile" ;;
    dockerd)
      docker_launch ;;
    *) echo "no such part: $1 (${PARTS[*]} dockerd)" >&2; return 2 ;;
  esac
}

# http_ok PORT PATH: does the node answer with 200? Without curl, which a small machine may not have.
http_ok() {
  local status
  # In a subshell: a refused connection would end the script.
  (exec 3<>"/dev/tcp/$NODE_IP/$1" && printf 'GET %s HTTP/1.0\r\nHost: testbed\r\n\r\n' "$2" >&3 && read -r -t 5 status <&3 && [[ $status == *" 200 "* ]]) 2>/dev/null
}

kube() { without_proxy "$BIN/kubectl" --kubeconfig "$KUBECONFIG_FILE" --request-timeout 30s "$@"; }
node_ready() { [ "$(kube get node "$NODE" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}')" = True ]; }
# A node that was up before keeps its old condition until kubelet reports again.
node_reported_since() { [[ $(kube get node "$NODE" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].lastHeartbeatTime}') > $1 ]]; }

part_works() {
  case $1 in
    registry) http_ok 5000 /v2/ ;;
    containerd) enter "$(program node ctr)" --address "$CONTAINERD_SOCKET" version ;;
    etcd) true ;; # the API server's readyz asks it
    kube-apiserver) kube get --raw /readyz ;;
    kubelet) node_ready ;;
    coredns) http_ok 8181 /ready ;;
    dockerd) docker_works ;;
    *) true ;;
  esac >/dev/null 2>&1
}

# CoreDNS reads as itself, not as an administrator.
coredns_rights() {
  kube apply --server-side -f - <<'END'
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: system:coredns}
rules:
- {apiGroups: [""], resources: [services, pods, namespaces], verbs: [list, watch]}
- {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: system:coredns}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: system:coredns}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: system:coredns}]
END
}

start_control_plane() {
  local part
  start_part etcd
  start_part kube-apiserver
  until_ok 120 part_works kube-apiserver
  for part in kube-controller-manager kube-scheduler; do start_part $part; done
  coredns_rights
}

start_images() {
  start_part registry
  start_part containerd
  until_ok 120 part_works registry
  until_ok 120 part_works containerd
}

start_node() {
  local began
  began=$(date -u +%Y-%m-%dT%H:%M:%SZ -d '-1 second')
  start_part kubelet
  start_part kube-proxy
  start_part coredns
  until_ok 120 node_ready
  until_ok 120 node_reported_since "$began"
  until_ok 120 kube get serviceaccount default
  until_ok 120 part_works coredns
}

# broken_parts: prints those that do not work; success when there are some.
broken_parts() {
  local part broken=()
  for part in "${PARTS[@]}"; do
    if ! pid_of "$part" >/dev/null; then broken+=("$part (not running)"); elif ! part_works "$part"; then broken+=("$part (not ready)"); fi
  done
  [ ${#broken[@]} -gt 0 ] && { local IFS=,; echo "${broken[*]}"; }
}
