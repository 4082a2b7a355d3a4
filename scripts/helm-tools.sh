#!/usr/bin/env bash
# What the chart is checked with: a real helm, and the schemas that Kubernetes and the Prometheus operator publish with
# their sources. Both come as Go modules, whose checksums Go checks, so that nothing but Go is needed.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly helm=v3.19.0 kubernetes=v1.34.2 operator=v0.89.0
readonly folder=.tools versions="helm $helm, kubernetes $kubernetes, prometheus-operator $operator"
readonly without_go=3

case "${1-}" in
'') ;;
-h | --help)
  cat <<HELP
scripts/helm-tools.sh

Builds helm and fetches Kubernetes' schemas into $folder/, where scripts/helm-check.mjs and the chart's tests find them:
$versions.
Does nothing when they are there. Takes some minutes the first time. Status $without_go: there is no Go here.
HELP
  exit
  ;;
*)
  echo "There is no option $1 (--help)" >&2
  exit 2
  ;;
esac

if [ "$(cat "$folder/helm-tools" 2>/dev/null)" = "$versions" ]; then
  echo "$folder has $versions"
  exit
fi
if ! command -v go >/dev/null; then
  echo 'The chart is not checked: that needs Go (go.dev) to build helm, and there is none here' >&2
  exit $without_go
fi

# Outside of the project: a go.mod further up would be taken for its own.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tools=$(mkdir -p "$folder/schemas" && cd "$folder" && pwd)
cd "$work"

folder_of() { # MODULE@VERSION
  go mod download -json "$1" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p'
}

echo "helm $helm: building, a few minutes"
GOBIN="$tools" go install "helm.sh/helm/v3/cmd/helm@$helm"
echo "kubernetes $kubernetes: schemas"
install -m 644 "$(folder_of "k8s.io/kubernetes@$kubernetes")/api/openapi-spec/swagger.json" "$tools/schemas/kubernetes.json"
echo "prometheus-operator $operator: schemas"
crds=$(folder_of "github.com/prometheus-operator/prometheus-operator@$operator")/example/prometheus-operator-crd
for kind in servicemonitors prometheusrules; do
  install -m 644 "$crds/monitoring.coreos.com_$kind.yaml" "$tools/schemas/$kind.yaml"
done
echo "$versions" >"$tools/helm-tools"
