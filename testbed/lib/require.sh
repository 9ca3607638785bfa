# shellcheck shell=bash
# What the host itself must have. Daemons are not among it: installing their packages would start them on this machine.

# TOOL=PACKAGE, for Debian and Ubuntu.
TOOLS=(
  ip=iproute2 nft=nftables nsenter=util-linux unshare=util-linux flock=util-linux setsid=util-linux mount=mount
  openssl=openssl tar=tar gzip=gzip awk=mawk find=findutils stat=coreutils ldd=libc-bin
  apt-get=apt dpkg-deb=dpkg mmdebstrap=mmdebstrap
  gpg=gnupg # signs charts in a test
  mvn=maven # not for the cluster, but for all that is built to run on it: better said now than after ten minutes
)

missing_packages() {
  local pair
  for pair in "${TOOLS[@]}"; do command -v "${pair%%=*}" >/dev/null || echo "${pair#*=}"; done | sort -u
}

version_at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

check_go() {
  local found
  if ! command -v go >/dev/null; then
    echo "Go 1.26 or later is missing: unpack the official archive to /usr/local/go and put /usr/local/go/bin on PATH."
    return 1
  fi
  found=$(cd / && GOTOOLCHAIN=local go env GOVERSION)
  version_at_least 1.26 "${found#go}" || { echo "Go 1.26 or later is needed; $(command -v go) is ${found#go}."; return 1; }
}

# java_home_25: prints the JDK that images are made from.
java_home_25() {
  local dir
  for dir in "${JDK25_HOME:-}" "${JAVA_HOME:-}" /usr/lib/jvm/*; do
    if [ -x "$dir/bin/jlink" ] && grep -qs '^JAVA_VERSION="25[."]' "$dir/release"; then echo "$dir"; return 0; fi
  done
  echo "A JDK 25 with jlink is missing: the package openjdk-25-jdk-headless or temurin-25-jdk, or any other with JDK25_HOME set to its folder." >&2
  return 1
}

# check_host [INSTALL]: ends with a message that says what to install, or installs it.
check_host() {
  local missing command answer=${1:-}
  [ "$(uname -s)" = Linux ] || usage_error "the testbed needs Linux"
  missing=$(missing_packages | tr '\n' ' ')
  missing=${missing% }
  if [ -n "$missing" ]; then
    command -v apt-get >/dev/null || usage_error "the testbed takes what it needs from Debian's packages; without apt-get it cannot. Missing: $missing"
    command="apt-get update && apt-get install -y --no-install-recommends $missing"
    if [ -z "$answer" ] && [ -t 0 ] && [ -t 1 ]; then
      read -r -p "Missing on this machine: $missing. Install with apt-get? [y/N] " answer
    fi
    case $answer in
      y | Y | yes | install)
        # shellcheck disable=SC2086
        step "installing $missing" install_packages $missing
        [ -z "$(missing_packages)" ] || usage_error "still missing after installing: $(missing_packages | paste -sd' ')" ;;
      *) { echo "Missing on this machine: $missing"; echo "  $command"; echo "or run: testbed/up --install"; } >&2; exit 1 ;;
    esac
  fi
  check_go >&2 || exit 1
  # Not needed for the cluster itself, but for images: better said now than after ten minutes.
  java_home_25 >/dev/null || say "warning: without it testbed/java-rootfs will fail"
  check_addresses
}

install_packages() {
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

# The host must not already use our addresses for something else.
check_addresses() {
  local cidr route
  [ ! -e "$NETNS" ] || return 0
  for cidr in "$NET.0/24" "$POD_CIDR" "$SERVICE_CIDR"; do
    route=$(ip -4 route show root "$cidr" | grep -v "dev $VETH" | head -n 1 || true)
    [ -n "$route" ] || route=$(ip -4 route show match "${cidr%/*}" | grep -v -e '^default' -e "dev $VETH" | head -n 1 || true)
    if [ -n "$route" ]; then
      usage_error "this machine has a route in $cidr already ($route): set MIGRATIONS_TESTBED_NET, MIGRATIONS_TESTBED_PODS or MIGRATIONS_TESTBED_SERVICES (testbed/README.md)"
    fi
  done
}
