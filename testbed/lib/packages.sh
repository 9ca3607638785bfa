# shellcheck shell=bash
# Debian packages that are unpacked into the cache instead of being installed. A group is a list of packages and the
# programs in it that must be able to run.

packages_of() {
  case $1 in
    node) echo containerd runc containernetworking-plugins docker-registry ;;
    docker)
      # Later Debian releases have the client in a package of its own.
      echo docker.io tini
      apt-cache pkgnames docker-cli | grep -x docker-cli || true ;;
    busybox) echo busybox-static ;;
    prometheus) echo prometheus ;;
    # Libraries that the programs above may lack on a small system.
    libraries) echo libseccomp2 libdevmapper1.02.1 libsystemd0 libselinux1 libudev1 libpcre2-8-0 libcap2 libgcrypt20 libgpg-error0 liblz4-1 liblzma5 libzstd1 ;;
  esac
}

package_root() {
  local hash
  # shellcheck disable=SC1091
  hash=$({ packages_of "$1"; dpkg --print-architecture; . /etc/os-release; echo "$ID ${VERSION_ID:-}"; } | sha256sum | cut -c1-12)
  echo "$CACHE/packages/$1-$hash"
}

packages_fetch() {
  local target=$2 part=$2.part deb packages
  packages=$(packages_of "$1")
  rm -rf "$part"
  mkdir -p "$part/debs" "$part/root"
  cd "$part/debs" || return
  # A fresh container image has no package lists, an old machine may have outdated ones.
  # shellcheck disable=SC2086
  apt-get download -q $packages || { apt-get update -q; apt-get download -q $packages; }
  for deb in *.deb; do dpkg-deb -x "$deb" "$part/root"; done
  rm -rf "$part/debs"
  mv "$part/root" "$target"
  rm -rf "$part"
}

# ensure_packages GROUP WHAT
ensure_packages() {
  local root
  root=$(package_root "$1")
  [ -d "$root" ] || step "fetching $2" packages_fetch "$1" "$root"
}

# program GROUP NAME: its path; releases differ in what they keep in sbin.
program() {
  local root dir
  root=$(package_root "$1")
  for dir in usr/bin usr/sbin bin sbin; do
    if [ -x "$root/$dir/$2" ]; then echo "$root/$dir/$2"; return 0; fi
  done
  echo "the packages ($(packages_of "$1")) hold no $2" >&2
  return 1
}

# lacks_libraries ROOT [LIBRARY_PATH]: which shared libraries its programs do not find on this machine.
lacks_libraries() {
  local file
  # ldd fails for what is not linked dynamically.
  find "$1" -type f -perm -100 -path '*bin/*' | while read -r file; do
    LD_LIBRARY_PATH=${2:-} ldd "$file" 2>/dev/null | awk '/not found/ {print $1}' || true
  done | sort -u
}

# library_path GROUP: what LD_LIBRARY_PATH must say for the group's programs; empty on most machines.
library_path() {
  local root path
  root=$(package_root "$1")
  [ -n "$(lacks_libraries "$root")" ] || return 0
  path=$(package_root libraries)
  if [ ! -d "$path" ]; then packages_fetch libraries "$path" >>"$UP_LOG" 2>&1; fi
  path=$(find "$path" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)
  [ -z "$(lacks_libraries "$root" "$path")" ] || { echo "libraries missing for $1: $(lacks_libraries "$root" "$path")" >&2; return 1; }
  echo "$path"
}
