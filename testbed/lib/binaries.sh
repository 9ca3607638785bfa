# shellcheck shell=bash
# Programs from Go modules: one folder per component under testbed/go, whose `tool` lines say what to build. The result
# is cached under the hash of all that decides it.

LDFLAGS="-s -w"

# module_version COMPONENT MODULE: the version that go.mod names.
module_version() { awk -v module="$2" '{ sub(/^require /, ""); sub(/^[ \t]+/, "") } $1 == module {print $2; exit}' "$TESTBED_DIR/go/$1/go.mod"; }

component_version() {
  case $1 in
    kubernetes) module_version "$1" k8s.io/kubernetes ;;
    etcd) module_version "$1" go.etcd.io/etcd/server/v3 ;;
    coredns) module_version "$1" github.com/coredns/coredns ;;
    crane) module_version "$1" github.com/google/go-containerregistry ;;
    helm) module_version "$1" helm.sh/helm/v4 ;;
    helm3) module_version "$1" helm.sh/helm/v3 ;;
    argocd) module_version "$1" github.com/argoproj/argo-cd/v3 ;;
    rollouts) module_version "$1" github.com/argoproj/argo-rollouts ;;
  esac
}

component_ldflags() {
  local version=v component=k8s.io/component-base/version
  case $1 in
    kubernetes)
      # Upstream's build writes its version into the binaries; without it they call themselves v0.0.0.
      version=$(component_version kubernetes)
      echo "$LDFLAGS -X $component.gitVersion=$version -X $component.gitMajor=1 -X $component.gitMinor=$(cut -d. -f2 <<<"$version")" ;;
    helm3)
      # The same for the Kubernetes that charts are rendered for when there is no cluster; without it that is 1.20.
      version=$(module_version helm3 k8s.io/client-go | cut -d. -f2)
      component=helm.sh/helm/v3/pkg
      echo "$LDFLAGS$(printf -- " -X $component/%s.k8sVersionMajor=1 -X $component/%s.k8sVersionMinor=$version" {chartutil,chartutil,lint/rules,lint/rules})" ;;
    argocd)
      version=$(component_version argocd)
      echo "$LDFLAGS -X github.com/argoproj/argo-cd/v3/common.version=${version#v}" ;;
    *) echo "$LDFLAGS" ;;
  esac
}

component_time() {
  case $1 in kubernetes | argocd) echo "~5 min" ;; rollouts) echo "~3 min" ;; helm | helm3 | coredns) echo "~1.5 min" ;; etcd) echo "~1 min" ;; *) echo "seconds" ;; esac
}

# component_dir COMPONENT: where its binaries are, or will be.
component_dir() {
  local hash dir=$TESTBED_DIR/go/$1
  hash=$({
    find "$dir" -type f \( -name '*.go' -o -name go.mod -o -name go.sum \) | sort | xargs sha256sum | cut -d' ' -f1
    component_ldflags "$1"
    cd "$dir" && go env GOVERSION GOARCH
  } | sha256sum | cut -c1-12)
  echo "$CACHE/bin/$1-$hash"
}

component_build() {
  local target=$2 part=$2.part
  rm -rf "$part"
  mkdir -p "$part"
  cd "$TESTBED_DIR/go/$1" || return
  export CGO_ENABLED=0 GOWORK=off GOOS=linux
  if grep -q ^tool go.mod; then
    go build -trimpath -ldflags "$(component_ldflags "$1")" -o "$part/" tool
  else
    go build -trimpath -ldflags "$(component_ldflags "$1")" -o "$part/" .
  fi
  # Go names a binary after its package's folder; helm3 stands beside Helm 4.
  case $1 in
    etcd) mv "$part/server" "$part/etcd" ;;
    helm3) mv "$part/helm" "$part/helm3" ;;
    argocd) mv "$part/cmd" "$part/argocd" ;;
  esac
  mv "$part" "$target"
}

# ensure_component COMPONENT: builds it if need be and links its binaries into $BIN.
ensure_component() {
  local dir version
  version=$(component_version "$1")
  dir=$(component_dir "$1")
  if [ ! -d "$dir" ]; then
    step "building $1${version:+ ${version#v}} (first time; $(component_time "$1"))" component_build "$1" "$dir"
  fi
  mkdir -p "$BIN"
  ln -sf "$dir"/* "$BIN/"
}
