{{/* Values that fit the schema and still make no gateway: each says what to do. All of them at once. */}}
{{- define "amq-gateway.refusals" -}}
{{- $values := .Values -}}
{{- $secrets := .Values.secrets -}}
{{- $problems := list -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" (include "amq-gateway.fullname" .)) -}}
  {{- $problems = append $problems (printf "fullnameOverride: required with a release called %s: a Service's name begins with a letter and has no dots" .Release.Name) -}}
{{- end -}}
{{- if eq $values.database.type "sqlite" -}}
  {{- if gt (int $values.replicaCount) 1 -}}
    {{- $problems = append $problems "replicaCount: an SQLite file has one replica; set database.type to postgres" -}}
  {{- end -}}
  {{- if $values.autoscaling.enabled -}}
    {{- $problems = append $problems "autoscaling.enabled: an SQLite file has one replica; set database.type to postgres" -}}
  {{- end -}}
  {{- if $secrets.databaseUrl -}}
    {{- $problems = append $problems "secrets.databaseUrl: not used with SQLite; set database.type to postgres" -}}
  {{- end -}}
{{- else if not $secrets.existingSecret -}}
  {{- if not $secrets.databaseUrl -}}
    {{- $problems = append $problems "secrets.databaseUrl: required with Postgres, or secrets.existingSecret" -}}
  {{- end -}}
  {{- if not $secrets.encryptionKey -}}
    {{- $problems = append $problems "secrets.encryptionKey: required with Postgres (make one with `openssl rand -base64 32`), or secrets.existingSecret" -}}
  {{- end -}}
  {{- if and (include "amq-gateway.hasReplicas" .) (not $secrets.redisUrl) -}}
    {{- $problems = append $problems "secrets.redisUrl: required with several replicas, or secrets.existingSecret: without it each renews tokens and counts limits for itself" -}}
  {{- end -}}
{{- end -}}
{{- if $secrets.existingSecret -}}
  {{- range $name := list "encryptionKey" "adminApiKey" "databaseUrl" "redisUrl" -}}
    {{- if get $secrets $name -}}
      {{- $problems = append $problems (printf "secrets.%s: given, and secrets.existingSecret too; which one counts?" $name) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- /* Not in the schema, which would show a refused secret. */ -}}
{{- $shapes := dict
  "encryptionKey" (list "^([0-9a-fA-F]{64}|[A-Za-z0-9+/_-]{43}=?)$" "32 bytes, as 64 hexadecimal digits or as base64")
  "adminApiKey" (list "^[!-~][ -~]{14,254}[!-~]$" "16 to 256 characters of printable ASCII, no space at either end")
  "databaseUrl" (list "^postgres(ql)?://.+$" "a URL that begins with postgres://")
  "redisUrl" (list "^rediss?://.+$" "a URL that begins with redis:// or rediss://")
-}}
{{- range $name, $shape := $shapes -}}
  {{- with get $secrets $name -}}
    {{- if not (regexMatch (index $shape 0) .) -}}
      {{- $problems = append $problems (printf "secrets.%s: has to be %s" $name (index $shape 1)) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- if and $values.autoscaling.enabled (gt (int $values.autoscaling.minReplicas) (int $values.autoscaling.maxReplicas)) -}}
  {{- $problems = append $problems "autoscaling.minReplicas: more than maxReplicas" -}}
{{- end -}}
{{- if and $values.autoscaling.enabled (not (dig "requests" "cpu" "" $values.resources)) (not (dig "limits" "cpu" "" $values.resources)) -}}
  {{- $problems = append $problems "resources.requests.cpu: required with autoscaling.enabled, which goes by its share" -}}
{{- end -}}
{{- if and $values.ingress.enabled (not $values.ingress.hosts) -}}
  {{- $problems = append $problems "ingress.hosts: at least one, such as [{host: gateway.example.com}]" -}}
{{- end -}}
{{- if and $values.serviceMonitor.enabled (eq (toString $values.config.METRICS_AUTH) "true") (not $values.serviceMonitor.authorization.secretName) -}}
  {{- $problems = append $problems "serviceMonitor.authorization.secretName: required with config.METRICS_AUTH: a Secret with a key of scope `metrics`" -}}
{{- end -}}
{{- $selecting := list "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/component" -}}
{{- $describing := list "app.kubernetes.io/version" "app.kubernetes.io/managed-by" "helm.sh/chart" -}}
{{- range $name, $own := dict "podLabels" $selecting "commonLabels" (concat $selecting $describing) -}}
  {{- range $label, $_ := get $values $name | default dict -}}
    {{- if has $label $own -}}
      {{- $problems = append $problems (printf "%s: %s is the chart's" $name $label) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- range $values.extraEnv -}}
  {{- if has .name (list "HOST" "PORT" "MANAGEMENT_HOST" "MANAGEMENT_PORT" "DATABASE_PATH" "SHUTDOWN_DELAY" "SHUTDOWN_GRACE") -}}
    {{- $problems = append $problems (printf "extraEnv: %s is the chart's, which has to know it (service, management, config)" .name) -}}
  {{- end -}}
{{- end -}}
{{- if $problems -}}
  {{- fail (printf "these values do not fit together:\n  %s\n" (join "\n  " $problems)) -}}
{{- end -}}
{{- end }}
