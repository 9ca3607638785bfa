# shellcheck shell=bash disable=SC2034
# Names, addresses and folders. Everything that two testbeds on one machine must not share can be set from outside.

TESTBED_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

NAME=${MIGRATIONS_TESTBED_NAME:-migrations-testbed}
NET=${MIGRATIONS_TESTBED_NET:-10.250.0}               # three octets: the /24 between the host and the node
POD_CIDR=${MIGRATIONS_TESTBED_PODS:-10.244.0.0/24}
SERVICE_CIDR=${MIGRATIONS_TESTBED_SERVICES:-10.96.0.0/16}
TOP=${MIGRATIONS_TESTBED_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/migrations-testbed}
CACHE=${MIGRATIONS_TESTBED_CACHE:-$TOP/cache}         # what was built or downloaded; may be shared by several testbeds

NODE=testbed
NODE_IP=$NET.1
HOST_IP=$NET.254
SERVICE_IP=${SERVICE_CIDR%.*}.1                       # the API server's own service takes the first address
REGISTRY=$NODE_IP:5000
NETNS=/run/netns/$NAME
VETH=tb-$(printf %s "$NAME" | sha256sum | cut -c1-8)  # interface names end after 15 characters

BIN=$TOP/bin RUN=$TOP/run LOG=$TOP/log ETC=$TOP/etc PKI=$TOP/pki STATE=$TOP/state
KUBECONFIG_FILE=$TOP/kubeconfig
DOCKER_SOCKET=$RUN/docker.sock
CONTAINERD_SOCKET=$RUN/containerd.sock

# Our addresses are not to be reached through a proxy.
without_proxy() { env -u http_proxy -u https_proxy -u HTTP_PROXY -u HTTPS_PROXY -u ALL_PROXY -u all_proxy "$@"; }

usage_error() { echo "$*" >&2; exit 2; }

check_config() {
  [ "$(id -u)" = 0 ] || usage_error "the testbed needs root: it makes namespaces, cgroups and a network interface"
  [[ $NAME =~ ^[a-z0-9][a-z0-9-]{0,40}$ ]] || usage_error "MIGRATIONS_TESTBED_NAME: not a name: $NAME"
  [[ $NET =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || usage_error "MIGRATIONS_TESTBED_NET: three octets such as 10.250.0, not $NET"
  [[ $TOP == /* && $CACHE == /* && $TOP != *[[:space:]]* && $CACHE != *[[:space:]]* ]] \
    || usage_error "the testbed's folders must be absolute paths without blanks: $TOP, $CACHE"
  # containerd and dockerd listen on sockets in it, and a socket's path ends after 107 bytes.
  [ "${#TOP}" -le 80 ] || usage_error "MIGRATIONS_TESTBED_HOME is too long for sockets below it: $TOP"
}
