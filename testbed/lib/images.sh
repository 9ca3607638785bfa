# shellcheck shell=bash
# Images without any registry but our own: one layer, made from a folder; the same folder gives the same digest.

# repository NAME: the path under which containerd and Docker ask our registry for that name.
repository() {
  local name=${1%%@*} host=
  case ${name##*/} in *:*) ;; *) name=$name:latest ;; esac
  case $name in */*) host=${name%%/*} ;; esac
  case $host in
    *.* | *:* | localhost) name=${name#*/} ;;
    *) host= ;;
  esac
  case $name in */*) ;; *) if [ -z "$host" ] || [ "$host" = docker.io ]; then name=library/$name; fi ;; esac
  echo "$name"
}

# image_layout ROOTFS CONFIG_JSON DIR: an OCI image layout. The layer is not compressed: it never leaves this machine.
image_layout() {
  local root=$1 config=$2 dir=$3 blobs=$3/blobs/sha256 layer size digest
  rm -rf "$dir"
  mkdir -p "$blobs"
  tar --create --file "$dir/layer" --directory "$root" --sort=name --mtime=@0 --numeric-owner --format=gnu .
  layer=$(sha256sum "$dir/layer" | cut -d' ' -f1)
  size=$(stat -c %s "$dir/layer")
  mv "$dir/layer" "$blobs/$layer"
  printf '{"architecture":"%s","os":"linux","created":"1970-01-01T00:00:00Z","config":%s,"rootfs":{"type":"layers","diff_ids":["sha256:%s"]},"history":[{"created":"1970-01-01T00:00:00Z","created_by":"testbed/image"}]}' \
    "$(dpkg --print-architecture)" "$config" "$layer" >"$dir/config"
  digest=$(sha256sum "$dir/config" | cut -d' ' -f1)
  printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","size":%s,"digest":"sha256:%s"},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","size":%s,"digest":"sha256:%s"}]}' \
    "$(stat -c %s "$dir/config")" "$digest" "$size" "$layer" >"$dir/manifest"
  mv "$dir/config" "$blobs/$digest"
  digest=$(sha256sum "$dir/manifest" | cut -d' ' -f1)
  size=$(stat -c %s "$dir/manifest")
  mv "$dir/manifest" "$blobs/$digest"
  printf '{"imageLayoutVersion":"1.0.0"}' >"$dir/oci-layout"
  printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":%s,"digest":"sha256:%s"}]}' \
    "$size" "$digest" >"$dir/index.json"
}

# image_push NAME LAYOUT: prints the name with its digest.
image_push() {
  local name
  name=$(repository "$1")
  without_proxy "$BIN/crane" push --insecure "$2" "$REGISTRY/$name"
}

recipe_hash() { { dpkg --print-architecture; cat "$@"; } | sha256sum | cut -c1-12; }

# base_image NAME KEY CONFIG_JSON MAKE_ROOTFS...: one of the testbed's own images, cached by KEY.
base_image() {
  local name=$1 layout work
  layout=$CACHE/images/${name//[:\/]/-}-$2
  if [ ! -d "$layout" ]; then
    work=$layout.part
    rm -rf "$work"
    mkdir -p "$work/root"
    "${@:4}" "$work/root"
    image_layout "$work/root" "$3" "$work/layout"
    mv "$work/layout" "$layout"
    rm -rf "$work"
  fi
  image_push "$name" "$layout"
}

pause_rootfs() { install -m 755 "$BIN/pause" "$1/pause"; }
pause_image() {
  base_image registry.k8s.io/pause:testbed "$(recipe_hash "$BIN/pause")" '{"Entrypoint":["/pause"],"User":"65535:65535"}' pause_rootfs
}

busybox_rootfs() {
  local root=$1 applet
  mkdir -p "$root"/{bin,etc,home,proc,sys,dev,var} "$root/tmp" "$root/root"
  chmod 1777 "$root/tmp"
  install -m 755 "$(package_root busybox)/bin/busybox" "$root/bin/busybox"
  for applet in $("$root/bin/busybox" --list); do [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"; done
  printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\nnonroot:x:65532:65532:nonroot:/home:/bin/sh\n' >"$root/etc/passwd"
  printf 'root:x:0:\nnogroup:x:65534:\nnonroot:x:65532:\n' >"$root/etc/group"
}
busybox_image() {
  base_image busybox:latest "$(recipe_hash "$(package_root busybox)/bin/busybox" <(declare -f busybox_rootfs))" \
    '{"Env":["PATH=/bin"],"Cmd":["sh"]}' busybox_rootfs
}

# PostgreSQL 15 from Debian 12, whatever the host is: unpacked only, without the scripts of the packages, and without what
# a server in a container does not need (JIT, Perl, manuals, translations).
POSTGRES_EXCLUDE=(
  '/usr/share/doc/*' '/usr/share/man/*' '/usr/share/info/*' '/usr/share/locale/*' '/usr/share/lintian/*' '/usr/share/bug/*'
  '/usr/share/i18n/*' '/usr/share/perl*' '/usr/share/postgresql-common/*' '/usr/share/zoneinfo/right/*' '/usr/lib/*/gconv/*'
  '/usr/lib/*/perl*' '/usr/lib/*/libperl*' '/usr/lib/*/libLLVM*' '/usr/lib/llvm*' '/usr/lib/postgresql/15/lib/bitcode*'
  '/usr/lib/postgresql/15/lib/llvmjit*' '/usr/share/postgresql/15/man/*' '/etc/systemd/*' '/lib/systemd/*' '/var/cache/*'
)
POSTGRES_CONFIG='{"User":"999:999","ExposedPorts":{"5432/tcp":{}},"Env":["PATH=/usr/local/bin:/usr/lib/postgresql/15/bin:/usr/sbin:/usr/bin:/sbin:/bin","LANG=C.UTF-8","PG_MAJOR=15","PGDATA=/var/lib/postgresql/data"],"Entrypoint":["docker-entrypoint.sh"],"Cmd":["postgres"],"Volumes":{"/var/lib/postgresql/data":{},"/var/run/postgresql":{}},"WorkingDir":"/","StopSignal":"SIGINT"}'

postgres_rootfs() {
  local root=$1 options=() path program
  for path in "${POSTGRES_EXCLUDE[@]}"; do options+=(--dpkgopt="path-exclude=$path"); done
  # Its mounts, if it makes any, end with it.
  unshare --mount --propagation slave mmdebstrap --variant=extract --include=postgresql-15,bash,dash,coreutils,sed,grep,findutils,gzip,hostname,procps,libc-bin \
    "${options[@]}" bookworm "$root"
  rm -rf "${root:?}/dev" "$root/etc/apt" "$root/var/lib/apt" "$root/var/log"
  mkdir -p "$root/dev" "$root/docker-entrypoint-initdb.d" "$root/var/lib/postgresql" "$root/var/run"
  # 999: the uid that manifests written for the official image name. The others are there for securityContexts that
  # choose their own: the server wants to know its user's name.
  cat >"$root/etc/passwd" <<'END'
root:x:0:0:root:/root:/bin/bash
postgres:x:999:999:PostgreSQL:/var/lib/postgresql:/bin/bash
user70:x:70:70::/tmp:/bin/bash
user1000:x:1000:1000::/tmp:/bin/bash
nonroot:x:65532:65532::/tmp:/bin/bash
nobody:x:65534:65534::/nonexistent:/bin/false
END
  printf 'root:x:0:\npostgres:x:999:\nuser70:x:70:\nuser1000:x:1000:\nnonroot:x:65532:\nnogroup:x:65534:\n' >"$root/etc/group"
  printf 'passwd: files\ngroup: files\nhosts: files dns\n' >"$root/etc/nsswitch.conf"
  install -d -m 700 -o 999 -g 999 "$root/var/lib/postgresql/data"
  install -d -m 1777 -o 999 -g 999 "$root/var/run/postgresql"
  install -D -m 755 "$TESTBED_DIR/images/postgres/docker-entrypoint.sh" "$root/usr/local/bin/docker-entrypoint.sh"
  # Debian's own are Perl scripts that choose among versions.
  for program in "$root"/usr/lib/postgresql/15/bin/*; do ln -sf "../lib/postgresql/15/bin/${program##*/}" "$root/usr/bin/${program##*/}"; done
  postgres_check "$root"
}

# A library that was excluded, or that a package's script would have linked, shows here and not in a pod.
postgres_check() {
  local missing
  # shellcheck disable=SC2016
  missing=$(chroot "$1" /bin/bash -c 'for file in /usr/lib/postgresql/15/bin/* /bin/* ; do /lib*/ld-linux-*.so.* --list "$file" 2>/dev/null; done' | grep 'not found' | sort -u || true)
  [ -z "$missing" ] || { echo "libraries missing in the image: $missing" >&2; return 1; }
}

postgres_image() {
  base_image postgres:15 \
    "$(recipe_hash "$TESTBED_DIR/images/postgres/docker-entrypoint.sh" <(declare -f postgres_rootfs; echo "${POSTGRES_EXCLUDE[@]}" "$POSTGRES_CONFIG"))" \
    "$POSTGRES_CONFIG" postgres_rootfs
}
