{{/*
The gateway is asked by HTTP, a service by the program in its image, which asks for grpc.health.v1 with the certificate of the
process: Kubernetes' own gRPC probe can show none, and would restart a service that only lacks its database.
*/}}
{{- define "platform.probe" -}}
{{- if eq .name "gateway" -}}
httpGet:
  path: /{{ .wanted }}z
  port: http
  {{- if .root.Values.gatewayTlsSecret }}
  scheme: HTTPS
  {{- end }}
{{- else -}}
exec:
  command: [/nodejs/bin/node, health.mjs, {{ .wanted }}]
{{- end }}
timeoutSeconds: 3
{{- end }}
