{{- /* What Helm charts put on every object. Selectors have none of these: they may change from version to version. */}}
{{- define "fairlead.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- /* Labels by which pods are selected; the argument is the component. They must never change: a selector cannot. */}}
{{- define "fairlead.selector" -}}
app.kubernetes.io/name: fairlead
app.kubernetes.io/component: {{ . }}
{{- end }}

{{- define "fairlead.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- /*
The options that are not what a program takes by itself, then extraArgs. Arguments, in a list: the root, the values of the
component, and OPTION VALUE DEFAULT of each option that only this program has.
*/}}
{{- define "fairlead.options" -}}
{{- $values := (index . 0).Values }}
{{- $common := list (list "log-level" $values.logLevel "info") (list "load-balancer-class" $values.loadBalancerClass "fairlead.dev/fairlead") }}
{{- $options := list }}
{{- range concat $common (index . 2) }}
{{- if ne (toString (index . 1)) (toString (index . 2)) }}
{{- $options = append $options (printf "--%s=%v" (index . 0) (index . 1)) }}
{{- end }}
{{- end }}
{{- if not $values.unclassed }}
{{- $options = append $options "--no-unclassed" }}
{{- end }}
{{- with concat $options (index . 1).extraArgs }}
{{- toYaml . }}
{{- end }}
{{- end }}

{{- /* What of a pod is a value: where it runs, and how it ranks. The argument is the values of its component. */}}
{{- define "fairlead.scheduling" -}}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
