{{/* "true" when more than one replica can run. */}}
{{- define "amq-gateway.hasReplicas" -}}
{{- if or .Values.autoscaling.enabled (gt (int .Values.replicaCount) 1) }}true{{ end }}
{{- end }}

{{/* "true" when Services may lead to pods by IPv6. A dual-stack Service has both families, whichever are named. */}}
{{- define "amq-gateway.listensOnIPv6" -}}
{{- with .Values.service }}
{{- if or (has "IPv6" (default list .ipFamilies)) (hasSuffix "DualStack" (default "" .ipFamilyPolicy)) }}true{{ end }}
{{- end }}
{{- end }}

{{/* A setting as text: Helm hands whole numbers over as floats, and would write 2592000 as 2.592e+06. */}}
{{- define "amq-gateway.settingText" -}}
{{- if kindIs "map" . }}{{ toJson . }}
{{- else if kindIs "slice" . }}{{ join "," . }}
{{- else if and (kindIs "float64" .) (eq . (floor .)) }}{{ printf "%.0f" . }}
{{- else }}{{ toString . }}
{{- end }}
{{- end }}

{{/* Plain variables. */}}
{{- define "amq-gateway.plainSettings" -}}
{{- $host := ternary "::" "0.0.0.0" (eq (include "amq-gateway.listensOnIPv6" .) "true") -}}
HOST: {{ $host | quote }}
PORT: "8080"
{{- if .Values.management.enabled }}
MANAGEMENT_PORT: "8081"
{{- end }}
{{- if eq .Values.database.type "sqlite" }}
DATABASE_PATH: /data/amq-gateway.db
{{- end }}
{{- range $name, $value := .Values.config }}
{{- if not (kindIs "invalid" $value) }}
{{ $name }}: {{ include "amq-gateway.settingText" $value | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* Secret variables of the chart's own Secret. */}}
{{- define "amq-gateway.secretSettings" -}}
{{- with .Values.secrets }}
{{- $own := dict "ENCRYPTION_KEY" .encryptionKey "ADMIN_API_KEY" .adminApiKey "DATABASE_URL" .databaseUrl "REDIS_URL" .redisUrl }}
{{- range $name, $value := merge $own (default dict .environment) }}
{{- with include "amq-gateway.settingText" $value }}
{{ $name }}: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Seconds a pod may take to end, as docs/operations.md has it. */}}
{{- define "amq-gateway.gracePeriod" -}}
{{- $delay := dig "SHUTDOWN_DELAY" 0 .Values.config | default 0 -}}
{{- $grace := dig "SHUTDOWN_GRACE" 30 .Values.config -}}
{{- if kindIs "invalid" $grace }}{{ $grace = 30 }}{{ end -}}
{{- add (int $delay) (int $grace) 15 -}}
{{- end }}

{{/* The port that a URL names; empty when it names none. Never an error, which would show it. */}}
{{- define "amq-gateway.portOf" -}}
{{- regexFind ":[0-9]{1,5}$" (regexFind "^[a-z]+://[^/?#]*" (default "" .)) | trimPrefix ":" }}
{{- end }}

{{- define "amq-gateway.secretReference" -}}
- name: {{ .variable }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
      {{- if not .isRequired }}
      optional: true
      {{- end }}
{{- end }}

{{/* `env` and `envFrom` of every container that reads settings. */}}
{{- define "amq-gateway.environment" -}}
{{- $isPostgres := eq .Values.database.type "postgres" -}}
{{- $existing := .Values.secrets.existingSecret -}}
{{- $keys := .Values.secrets.keys -}}
envFrom:
  - configMapRef:
      name: {{ include "amq-gateway.fullname" . }}
  {{- if include "amq-gateway.secretSettings" . | trim }}
  - secretRef:
      name: {{ include "amq-gateway.fullname" . }}
  {{- end }}
  {{- with .Values.extraEnvFrom }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- if or $existing .Values.extraEnv }}
env:
  {{- if $existing }}
  {{- include "amq-gateway.secretReference" (dict "variable" "ENCRYPTION_KEY" "secret" $existing "key" $keys.encryptionKey "isRequired" $isPostgres) | nindent 2 }}
  {{- include "amq-gateway.secretReference" (dict "variable" "ADMIN_API_KEY" "secret" $existing "key" $keys.adminApiKey) | nindent 2 }}
  {{- if $isPostgres }}
  {{- include "amq-gateway.secretReference" (dict "variable" "DATABASE_URL" "secret" $existing "key" $keys.databaseUrl "isRequired" true) | nindent 2 }}
  {{- end }}
  {{- include "amq-gateway.secretReference" (dict "variable" "REDIS_URL" "secret" $existing "key" $keys.redisUrl "isRequired" (eq (include "amq-gateway.hasReplicas" .) "true")) | nindent 2 }}
  {{- end }}
  {{- with .Values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
{{- end }}
