#!/usr/bin/env bash
# Builds the container image, with an engine or without one; `scripts/build-image.sh --help`.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat <<'TEXT'
scripts/build-image.sh [--check] [--run] [--engine docker|buildah] [--tag NAME] [--work FOLDER]

Builds the Dockerfile and says how large the image became.

  --check           only looks at the Dockerfile, .dockerignore and compose.yaml; needs nothing but Node.js
  --run             then runs the image the way a cluster does (another user, read-only root, no capabilities) against
                    the simulator: health, a request, the command line, SIGTERM at any time. Needs root and a built
                    checkout (npm run build)
  --engine NAME     docker, or buildah: without a daemon, on stand-ins for the base images made by debootstrap from
                    Debian's packages and the Node.js of this checkout. Needs root, buildah, debootstrap. Default:
                    docker where its daemon answers, else buildah
  --tag NAME        default amq-gateway:<version>
  --work FOLDER     where buildah keeps images and stand-ins between runs, about 6 GB; default ~/.cache/amq-gateway-image

Status: 0 done, 1 something failed, 2 the command line is not right, 3 a tool it needs is not here.
TEXT
}

started=$SECONDS
step() { printf '\n== %s (%s s)\n' "$1" "$((SECONDS - started))" >&2; }
wrong() { printf '%s (--help shows what there is)\n' "$1" >&2; exit 2; }
missing() { printf '%s\n' "$1" >&2; exit 3; }

only_check= run= engine= work=${XDG_CACHE_HOME:-$HOME/.cache}/amq-gateway-image
version=$(node -p 'JSON.parse(require("node:fs").readFileSync("package.json", "utf8")).version')
tag=amq-gateway:$version
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) usage; exit 0 ;;
    --check) only_check=1 ;;
    --run) run=1 ;;
    --engine | --tag | --work)
      [ $# -ge 2 ] || wrong "$1 wants a value"
      case $1 in --engine) engine=$2 ;; --tag) tag=$2 ;; --work) work=$2 ;; esac
      shift ;;
    *) wrong "Unknown: $1" ;;
  esac
  shift
done
case $engine in '' | docker | buildah) ;; *) wrong "--engine: docker or buildah" ;; esac

step 'Checking the Dockerfile and what it copies'
node scripts/image/check.mjs
[ -z "$only_check" ] || exit 0

if [ -z "$engine" ]; then
  if docker info >/dev/null 2>&1; then engine=docker; else engine=buildah; fi
fi
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)
arguments=(--build-arg "VERSION=$version" --build-arg "REVISION=$revision" --tag "$tag")

if [ "$engine" = docker ]; then
  step "Building $tag with docker"
  # A docker without its buildx plugin, such as Debian's, takes its old builder, which knows no $BUILDPLATFORM.
  DOCKER_BUILDKIT=1 docker build "${arguments[@]}" .
  docker image inspect --format 'unpacked: {{.Size}} bytes' "$tag"
  [ -z "$run" ] || missing 'Running the image is only done for buildah: docker run does the same'
  exit 0
fi

for tool in buildah debootstrap unshare setpriv; do
  command -v "$tool" >/dev/null || missing "$tool is not here: apt-get install buildah debootstrap util-linux, or --check"
done
[ "$(id -u)" = 0 ] || missing 'buildah needs root here'
mkdir -p "$work"
work=$(cd "$work" && pwd)
# Layers by the kernel's overlay where it lets us; else copies, which take minutes and ten times the room.
store=(--root "$work/overlay" --runroot "$work/run" --storage-driver overlay)
if ! probe=$(buildah "${store[@]}" from scratch 2>/dev/null) || ! buildah "${store[@]}" mount "$probe" >/dev/null 2>&1; then
  store=(--root "$work/vfs" --runroot "$work/run" --storage-driver vfs)
  probe=
fi
[ -z "$probe" ] || buildah "${store[@]}" rm "$probe" >/dev/null
export BUILDAH_ISOLATION=chroot
# npm opens more files than a build gets by itself; no process may have more than this one.
limit=$(ulimit -Hn)
[ "$limit" != unlimited ] && [ "$limit" -le 1048576 ] || limit=1048576

scripts/image/stand-in-bases.sh "$work" "${store[@]}"

step "Building $tag with buildah"
# Docker's format: the other one has no HEALTHCHECK.
buildah "${store[@]}" bud --pull-never --format docker --ulimit "nofile=$limit:$limit" --layers \
  "${arguments[@]}" --file Dockerfile .

step 'Measuring'
rm -rf "$work/pushed"
buildah "${store[@]}" push --quiet "$tag" "oci:$work/pushed:image" >/dev/null
node scripts/image/measure.mjs "$work/pushed" image
rm -rf "$work/pushed"

if [ -n "$run" ]; then
  step 'Running it'
  container=$(buildah "${store[@]}" from --pull-never "$tag")
  trap 'buildah "${store[@]}" rm "$container" >/dev/null' EXIT
  root=$(buildah "${store[@]}" mount "$container")
  buildah "${store[@]}" inspect --type image "$tag" >"$work/image.json"
  node scripts/image/run.mjs "$root" "$work/image.json"
fi
step 'Done'
