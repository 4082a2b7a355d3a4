{{/* Names leave room for the longest suffix, `-management`. */}}
{{- define "amq-gateway.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" }}
{{- end }}

{{- define "amq-gateway.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else if contains (include "amq-gateway.name" .) .Release.Name }}
{{- .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "amq-gateway.name" .) | trunc 50 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "amq-gateway.managementName" -}}
{{ include "amq-gateway.fullname" . }}{{ if .Values.management.enabled }}-management{{ end }}
{{- end }}

{{- define "amq-gateway.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "amq-gateway.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "amq-gateway.claimName" -}}
{{- default (printf "%s-data" (include "amq-gateway.fullname" .)) .Values.persistence.existingClaim }}
{{- end }}

{{- define "amq-gateway.image" -}}
{{- with .Values.image }}
{{- if .digest }}{{ .repository }}@{{ .digest }}
{{- else }}{{ .repository }}:{{ default $.Chart.AppVersion .tag }}
{{- end }}
{{- end }}
{{- end }}

{{/* What a selector goes by: it can't be changed once a Deployment has it. */}}
{{- define "amq-gateway.selectorLabels" -}}
app.kubernetes.io/name: {{ include "amq-gateway.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "amq-gateway.labels" -}}
{{ include "amq-gateway.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* `labels` of an object that has some of its own (`own`): they win over those of every object. */}}
{{- define "amq-gateway.labelsWith" -}}
{{- merge (dict) (default dict .own) (include "amq-gateway.labels" .root | fromYaml) | toYaml }}
{{- end }}

{{/* The pods of the gateway, not that of the test. */}}
{{- define "amq-gateway.podSelector" -}}
{{ include "amq-gateway.selectorLabels" . }}
app.kubernetes.io/component: gateway
{{- end }}
