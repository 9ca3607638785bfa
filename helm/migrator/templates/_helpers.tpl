{{/* For parents: the names of all Migrators that this chart's dependencies make, as the annotation wait-for wants them.
Takes the parent's ".". */}}
{{- define "migrator.waitFor" -}}
{{- $parent := . }}
{{- $names := list }}
{{- range $key, $chart := .Subcharts }}
{{- if eq "migrator" (index $chart.Chart.Annotations "migrations.coderanger.net/chart") | and $chart.Values.enabled }}
{{- $names = append $names (include "migrator.nameOf" (dict "parent" $parent.Chart.Name "chart" $chart)) }}
{{- end }}
{{- end }}
{{- join "," $names }}
{{- end }}

{{/* For parents: the name of one of them. Takes a list of the parent's "." and the dependency's alias, or its name without one. */}}
{{- define "migrator.name" -}}
{{- $parent := first . }}
{{- include "migrator.nameOf" (dict "parent" $parent.Chart.Name "chart" (get $parent.Subcharts (last .))) }}
{{- end }}

{{- define "migrator.nameOf" -}}
{{- $chart := .chart }}
{{- if $chart.Values.name }}
{{- tpl $chart.Values.name $chart }}
{{- else }}
{{- $name := $chart.Release.Name }}
{{- if .parent | and (not (contains .parent $name)) }}
{{- $name = printf "%s-%s" $name .parent | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- if ne $chart.Chart.Name "migrator" }}
{{- $name = printf "%s-%s" $name (kebabcase $chart.Chart.Name) }}
{{- end }}
{{- $name }}
{{- end }}
{{- end }}

{{/* The name of the chart that depends on this one, which only the path of the templates tells; empty if there is none. */}}
{{- define "migrator.parent" -}}
{{- $path := splitList "/charts/" .Template.BasePath }}
{{- if gt (len $path) 1 }}
{{- index $path (sub (len $path) 2 | int) }}
{{- end }}
{{- end }}

{{/* A value with all its text rendered, as JSON. */}}
{{- define "migrator.rendered" -}}
{{- $chart := .chart }}
{{- if kindIs "string" .value }}
{{- tpl .value $chart | toJson }}
{{- else if kindIs "map" .value }}
{{- $entries := list }}
{{- range $key, $value := .value }}
{{- $entries = append $entries (printf "%s: %s" (toJson $key) (include "migrator.rendered" (dict "value" $value "chart" $chart))) }}
{{- end }}
{{- printf "{%s}" (join ", " $entries) }}
{{- else if kindIs "slice" .value }}
{{- $items := list }}
{{- range .value }}
{{- $items = append $items (include "migrator.rendered" (dict "value" . "chart" $chart)) }}
{{- end }}
{{- printf "[%s]" (join ", " $items) }}
{{- else }}
{{- toJson .value }}
{{- end }}
{{- end }}

{{- define "migrator.spec" -}}
{{- $parent := include "migrator.parent" . }}
{{- $spec := include "migrator.rendered" (dict "value" .Values.spec "chart" .) | fromJson }}
{{- if not (hasKey $spec "selector") }}
{{- if not $parent }}
{{- fail "spec.selector has to be set: this chart is no other chart's dependency here, so there is none whose pods it could select" }}
{{- end }}
{{- $_ := dict "app.kubernetes.io/name" $parent "app.kubernetes.io/instance" .Release.Name | dict "matchLabels" | set $spec "selector" }}
{{- $_ := get $spec "container" | default $parent | set $spec "container" }}
{{- end }}
{{- /* On helm rollback the Migrator would be the same as that of the failed release: helm --wait would take its failure for this release's. */}}
{{- if not (hasKey $spec "delivery") }}
{{- $_ := toString .Release.Revision | set $spec "delivery" }}
{{- end }}
{{- toYaml $spec }}
{{- end }}
