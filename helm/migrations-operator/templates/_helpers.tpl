{{- define "migrations-operator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "migrations-operator.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else if contains (include "migrations-operator.name" .) .Release.Name }}
{{- .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "migrations-operator.name" .) | trunc 50 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "migrations-operator.serviceAccountName" -}}
{{- default (include "migrations-operator.fullname" .) .Values.serviceAccount.name }}
{{- end }}

{{/* What identifies the operator's pods. The name is fixed: it is what other tools select by. */}}
{{- define "migrations-operator.selectorLabels" -}}
app.kubernetes.io/name: migrations-operator
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "migrations-operator.labels" -}}
{{ include "migrations-operator.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Of the kind Migrator. Kept: with it, all Migrators would be deleted. */}}
{{- define "migrations-operator.crdMetadata" -}}
annotations:
  helm.sh/resource-policy: keep
labels:
  {{- include "migrations-operator.labels" . | nindent 2 }}
{{- end }}

{{/* Where helm test runs its migration: the operator has to act there. */}}
{{- define "migrations-operator.testNamespace" -}}
{{- if or (not .Values.watchNamespaces) (has .Release.Namespace .Values.watchNamespaces) }}
{{- .Release.Namespace }}
{{- else }}
{{- first .Values.watchNamespaces }}
{{- end }}
{{- end }}

{{/* What helm test makes. Not the operator's own labels: its pods are never gated. */}}
{{- define "migrations-operator.testLabels" -}}
app.kubernetes.io/name: migrations-operator-test
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/* The Secret that the operator writes and the one that cert-manager writes have different names: neither is in the way of the
other when the release changes from one to the other. */}}
{{- define "migrations-operator.certificateSecret" -}}
{{ include "migrations-operator.fullname" . }}-{{ .Values.webhook.certManager.enabled | ternary "cert-manager" "certificate" }}
{{- end }}

{{- define "migrations-operator.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}
{{- end }}

{{/* The user that the operator is, as the API server sees it. */}}
{{- define "migrations-operator.user" -}}
system:serviceaccount:{{ .Release.Namespace }}:{{ include "migrations-operator.serviceAccountName" . }}
{{- end }}
