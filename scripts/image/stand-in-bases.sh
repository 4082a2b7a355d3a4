#!/usr/bin/env bash
# Stand-ins for node:24-bookworm-slim and node:24-bookworm where no registry can be reached: the same Debian, the same
# Node.js, made from packages. `stand-in-bases.sh WORK BUILDAH-OPTIONS…`; what is there already is kept.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$1
shift
store=("$@")
slim=docker.io/library/node:24-bookworm-slim full=docker.io/library/node:24-bookworm
readonly mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
step() { printf '\n== %s\n' "$1" >&2; }
has() { buildah "${store[@]}" inspect --type image "$1" >/dev/null 2>&1; }

if ! has "$slim"; then
  step "Debian for $slim (debootstrap, about a minute)"
  root=$work/debian
  if [ ! -e "$work/debian.complete" ]; then
    rm -rf "$root"
    debootstrap --variant=minbase --include=ca-certificates bookworm "$root" "$mirror" >"$work/debootstrap.log"
    touch "$work/debian.complete"
  fi
  # What Debian's slim images leave out.
  rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,info,locale,man}/* "$root"/var/log/*.log
  node=node_modules/node-linux-$(node -p process.arch)
  [ -x "$node/bin/node" ] || { echo "$node is not installed: npm ci brings it" >&2; exit 3; }
  npm=$(dirname "$(dirname "$(readlink --canonicalize "$(command -v npm)")")")
  mkdir -p "$root/usr/local/bin" "$root/usr/local/lib/node_modules"
  cp "$node/bin/node" "$root/usr/local/bin/node"
  cp -r "$node/include" "$root/usr/local/"
  # Node's slim images leave out OpenSSL's headers for other machines, some 50 MB.
  find "$root/usr/local/include/node/openssl/archs" -mindepth 1 -maxdepth 1 \
    ! -name "linux-$(uname -m)" -exec rm -rf {} +
  cp -rL "$npm" "$root/usr/local/lib/node_modules/npm"
  ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  ln -sf ../lib/node_modules/npm/bin/npx-cli.js "$root/usr/local/bin/npx"
  chroot "$root" id node >/dev/null 2>&1 || chroot "$root" groupadd --gid 1000 node
  chroot "$root" id node >/dev/null 2>&1 ||
    chroot "$root" useradd --uid 1000 --gid node --shell /bin/bash --create-home node
  base=$(buildah "${store[@]}" from scratch)
  buildah "${store[@]}" copy --quiet "$base" "$root" / >/dev/null
  buildah "${store[@]}" config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    --env NODE_VERSION="$("$node/bin/node" -p process.versions.node)" --cmd node "$base"
  buildah "${store[@]}" commit --quiet --format docker --rm "$base" "$slim" >/dev/null
  rm -rf "$root" "$work/debian.complete"
fi

if ! has "$full"; then
  step "Compilers for $full"
  base=$(buildah "${store[@]}" from --pull-never "$slim")
  # A network that looks into TLS has certificates of its own; only the stages that build need them.
  buildah "${store[@]}" copy --quiet "$base" /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt >/dev/null
  buildah "${store[@]}" config --env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt "$base"
  buildah "${store[@]}" run "$base" -- sh -c 'apt-get update -qq && apt-get install -y -qq --no-install-recommends python3 make g++' \
    >"$work/compilers.log" 2>&1 || { tail -n 20 "$work/compilers.log" >&2; exit 1; }
  buildah "${store[@]}" commit --quiet --format docker --rm "$base" "$full" >/dev/null
fi
