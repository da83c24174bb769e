{{/* Names are looked up in the cluster's DNS. */}}
{{- define "platform.toDns" -}}
- to: {{- toYaml .Values.networkPolicy.dnsTo | nindent 4 }}
  ports: [{ protocol: UDP, port: 53 }, { protocol: TCP, port: 53 }]
{{- end }}

{{- define "platform.toDatabase" -}}
- ports: [{ protocol: TCP, port: {{ .Values.networkPolicy.databasePort }} }]
  {{- with .Values.networkPolicy.databaseTo }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
