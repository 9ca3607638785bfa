# shellcheck shell=bash
# Argo CD as its own manifests install it, in the namespace argocd: application controller, ApplicationSet controller, repo server, API
# server (without the pages, which cannot be built from a module), Redis; and a Git repository for what tests deliver.

ARGOCD_MODULE=github.com/argoproj/argo-cd/v3
ARGOCD_NAMESPACE=argocd
ARGOCD_PACKAGES=git,openssh-client,gpg,gpg-agent,tini,redis-server,ca-certificates,bash,dash,coreutils,sed,grep,findutils,libc-bin
ARGOCD_EXCLUDE=(
  '/usr/share/doc/*' '/usr/share/man/*' '/usr/share/info/*' '/usr/share/locale/*' '/usr/share/lintian/*' '/usr/share/bug/*'
  '/usr/share/i18n/*' '/usr/share/zoneinfo/right/*' '/usr/lib/*/gconv/*' '/etc/systemd/*' '/lib/systemd/*' '/var/cache/*'
)
ARGOCD_CONFIG='{"User":"999","Env":["PATH=/usr/local/bin:/usr/bin:/bin","USER=argocd","HOME=/home/argocd","LANG=C.UTF-8"],"Entrypoint":["/usr/bin/tini","--"],"WorkingDir":"/home/argocd"}'

# argocd_module_dir: where Go keeps the module's files: manifests and scripts that its own image has.
argocd_module_dir() {
  cd "$TESTBED_DIR/go/argocd" || return
  GOWORK=off GOFLAGS=-mod=mod go mod download -json "$ARGOCD_MODULE@$(component_version argocd)" | awk -F'"' '$2 == "Dir" {print $4}'
}

# One image for all of it, in place of Argo CD's and of Redis's, from Debian 12 whatever the host is.
argocd_rootfs() {
  local module=$1 root=$2 options=() path name
  for path in "${ARGOCD_EXCLUDE[@]}"; do options+=(--dpkgopt="path-exclude=$path"); done
  unshare --mount --propagation slave mmdebstrap --variant=extract --include="$ARGOCD_PACKAGES" "${options[@]}" bookworm "$root"
  rm -rf "${root:?}/dev" "$root/etc/apt" "$root/var/lib/apt" "$root/var/log"
  mkdir -p "$root/dev" "$root"/app/config/{ssh,tls,gpg/source,gpg/keys,reposerver/tls} "$root/etc/ssh"
  printf 'root:x:0:0:root:/root:/bin/bash\nargocd:x:999:999:Argo CD:/home/argocd:/bin/bash\nnobody:x:65534:65534::/nonexistent:/bin/false\n' >"$root/etc/passwd"
  printf 'root:x:0:\nargocd:x:999:\nnogroup:x:65534:\n' >"$root/etc/group"
  printf 'passwd: files\ngroup: files\nhosts: files dns\n' >"$root/etc/nsswitch.conf"
  install -d -m 755 -o 999 -g 999 "$root/home/argocd" "$root/app/config/gpg/keys"
  ln -sf /app/config/ssh/ssh_known_hosts "$root/etc/ssh/ssh_known_hosts"
  install -D -m 755 "$BIN/argocd" "$root/usr/local/bin/argocd"
  install -m 755 "$BIN/helm" "$root/usr/local/bin/helm"
  install -m 755 "$module"/hack/{gpg-wrapper.sh,git-verify-wrapper.sh} "$root/usr/local/bin/"
  for name in server repo-server application-controller applicationset-controller notifications cmp-server commit-server dex k8s-auth; do
    ln -s argocd "$root/usr/local/bin/argocd-$name"
  done
  argocd_check "$root"
}

# A library that was excluded, or that a package's script would have linked, shows here and not in a pod.
argocd_check() {
  local missing
  # shellcheck disable=SC2016
  missing=$(chroot "$1" /bin/bash -c 'for file in /usr/bin/{git,gpg,gpg-agent,ssh,tini,redis-server} /usr/lib/git-core/git{-daemon,-remote-http}; do /lib*/ld-linux-*.so.* --list "$file"; done' | grep 'not found' | sort -u || true)
  [ -z "$missing" ] || { echo "libraries missing in the image: $missing" >&2; return 1; }
}

argocd_images() {
  local module key redis
  module=$(argocd_module_dir)
  key=$(recipe_hash "$TESTBED_DIR/go/argocd/go.sum" <(component_dir argocd; component_dir helm; declare -f argocd_rootfs; echo "$ARGOCD_PACKAGES ${ARGOCD_EXCLUDE[*]} $ARGOCD_CONFIG"))
  base_image "quay.io/argoproj/argocd:$(component_version argocd)" "$key" "$ARGOCD_CONFIG" argocd_rootfs "$module"
  # The same layer under the name by which the manifests ask for Redis.
  redis=$("$BIN/kubectl" kustomize "$module/manifests/base/redis" | sed -n 's/^ *image: *\(.*redis:.*\)$/\1/p')
  without_proxy "$BIN/crane" mutate --insecure --entrypoint /usr/bin/redis-server --tag "$REGISTRY/$(repository "$redis")" \
    "$REGISTRY/$(repository "quay.io/argoproj/argocd:$(component_version argocd)")"
}

# argocd_manifests DIR: all that is installed, as a folder for kubectl's -k.
argocd_manifests() {
  local version
  version=$(component_version argocd)
  cp -r "$(argocd_module_dir)/manifests" "$1/upstream"
  chmod -R u+w "$1/upstream"
  cp "$TESTBED_DIR"/manifests/argocd/*.yaml "$1/"
  mkdir "$1/migrator"
  cp -r "$TESTBED_DIR"/../argocd/{kustomization.yaml,install,resource_customizations} "$1/migrator/"
  printf 'images: [{name: quay.io/argoproj/argocd, newTag: %s}]\n' "$version" >>"$1/kustomization.yaml"
}

argocd_install() {
  local work
  work=$(mktemp -d)
  # shellcheck disable=SC2064
  trap "rm -rf '$work'" EXIT
  argocd_manifests "$work"
  # AppProjects and Applications can be made only when their kinds are known; the CRDs are too large for a client's apply.
  kube apply --server-side --force-conflicts --kustomize "$work/upstream/crds"
  # wait fails at once for one that has no conditions at all yet.
  until_ok 60 kube wait --for condition=Established --timeout 10s crd/applications.argoproj.io crd/appprojects.argoproj.io
  kube apply --server-side --force-conflicts --kustomize "$work"
}

argocd_await() {
  local workload
  for workload in deployment/argocd-redis deployment/argocd-repo-server deployment/argocd-server deployment/argocd-applicationset-controller statefulset/argocd-application-controller deployment/git; do
    kube --request-timeout 0 --namespace "$ARGOCD_NAMESPACE" rollout status "$workload" --timeout 3m
  done
  # The server makes it when it first starts.
  kube --namespace "$ARGOCD_NAMESPACE" get appproject default
}

argocd_remove() {
  local work
  work=$(mktemp -d)
  # shellcheck disable=SC2064
  trap "rm -rf '$work'" EXIT
  argocd_manifests "$work"
  kube --request-timeout 0 delete --ignore-not-found --kustomize "$work"
}
