{{/* OpenShift gives each namespace its own range of ids, and refuses pods that choose others. */}}
{{- define "amq-gateway.podSecurityContext" -}}
{{- if .Capabilities.APIVersions.Has "security.openshift.io/v1" }}
{{- omit .Values.podSecurityContext "runAsUser" "runAsGroup" "fsGroup" | toYaml }}
{{- else }}
{{- toYaml .Values.podSecurityContext }}
{{- end }}
{{- end }}

{{- define "amq-gateway.volumeMounts" -}}
volumeMounts:
  - name: tmp
    mountPath: /tmp
  {{- if eq .Values.database.type "sqlite" }}
  - name: data
    mountPath: /data
  {{- end }}
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* The root file system is read-only: what can be written to. */}}
{{- define "amq-gateway.volumes" -}}
volumes:
  - name: tmp
    emptyDir:
      sizeLimit: 64Mi
  {{- if eq .Values.database.type "sqlite" }}
  - name: data
    {{- if .Values.persistence.enabled }}
    persistentVolumeClaim:
      claimName: {{ include "amq-gateway.claimName" . }}
    {{- else }}
    emptyDir: {}
    {{- end }}
  {{- end }}
  {{- with .Values.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{- define "amq-gateway.spread" -}}
{{- range $key, $skew := dict "kubernetes.io/hostname" 1 "topology.kubernetes.io/zone" 1 }}
- topologyKey: {{ $key }}
  maxSkew: {{ $skew }}
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- include "amq-gateway.podSelector" $ | nindent 6 }}
{{- end }}
{{- end }}

{{- define "amq-gateway.probe" -}}
httpGet:
  path: {{ .path }}
  port: {{ .port }}
{{ toYaml .times }}
{{- end }}
