# shellcheck shell=bash
# Files for images are made by these scripts: neither the caller's umask nor the locale's order may show in them.
umask 022
export LC_ALL=C
LIB=$(dirname "${BASH_SOURCE[0]}")
for part in config log require binaries packages box pki node images docker argocd; do
  # shellcheck source=/dev/null
  . "$LIB/$part.sh"
done
unset part

# One command at a time changes the testbed. Descriptor 9 is closed for the daemons, which would keep the lock.
lock() {
  mkdir -p "$TOP"
  exec 9>"$TOP/lock"
  flock -n 9 || { echo "another testbed command is at work, waiting" >&2; flock 9; }
}
