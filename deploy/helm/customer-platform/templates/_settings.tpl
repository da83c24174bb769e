{{/* The environment of a process: root, its name, and its part of the topology. */}}
{{- define "platform.env" -}}
{{- $root := .root -}}
{{- $all := include "platform.topology" $root | fromJson -}}
{{- $env := dict "HOST" "0.0.0.0" "CALLER_SECRET_FILE" "/run/secrets/platform/CALLER_SECRET" -}}
{{- if eq .name "gateway" -}}
{{- $_ := set $env "PORT" (toString .process.port) -}}
{{- $_ := set $env "DRAIN_LINGER_MS" (toString (int $root.Values.drainLingerMs)) -}}
{{- if $root.Values.gatewayTlsSecret -}}
{{- $_ := set $env "TLS_CERT" "/run/secrets/front/tls.crt" -}}
{{- $_ := set $env "TLS_KEY" "/run/secrets/front/tls.key" -}}
{{- end -}}
{{- else -}}
{{- $_ := set $env (printf "%s_PORT" (upper .name)) (toString .process.port) -}}
{{- $database := printf "%s_DATABASE_URL" (upper .name) -}}
{{- $_ := set $env (printf "%s_FILE" $database) (printf "/run/secrets/platform/%s" $database) -}}
{{- end -}}
{{- if has .name (list "gateway" "directory") -}}
{{- $_ := set $env "PUBLIC_URL" $root.Values.publicUrl -}}
{{- end -}}
{{- range .process.secrets -}}
{{- $_ := set $env (printf "%s_FILE" .) (printf "/run/secrets/platform/%s" .) -}}
{{- end -}}
{{- range .process.calls -}}
{{- $_ := set $env (printf "%s_ADDRESS" (upper .)) (printf "%s-%s:%d" (include "platform.fullname" $root) . (int (get $all .).port)) -}}
{{- end -}}
{{- if $root.Values.linkTls.enabled -}}
{{- $_ := set $env "LINK_TLS_CERT" "/run/secrets/link/tls.crt" -}}
{{- $_ := set $env "LINK_TLS_KEY" "/run/secrets/link/tls.key" -}}
{{- $_ := set $env "LINK_TLS_CA" "/run/secrets/link/ca.crt" -}}
{{- with $root.Values.linkTls.domain }}{{ $_ := set $env "LINK_TLS_DOMAIN" . }}{{ end -}}
{{- else -}}
{{- $_ := set $env "ALLOW_PLAIN_LINKS" "true" -}}
{{- end -}}
{{- if $root.Values.metrics.enabled -}}
{{- $_ := set $env "METRICS_PORT" (toString (int $root.Values.metrics.port)) -}}
{{- end -}}
{{- $given := merge (dict) (get $root.Values.processes .name).settings $root.Values.settings -}}
{{- range $setting, $value := $given }}
{{- if hasKey $env $setting }}{{ fail (printf "%s is set by the chart itself: use the chart's own values" $setting) }}{{ end }}
{{- end }}
{{- range $setting, $value := merge $given $env }}
{{- /* Numbers of a values file are floats, and large ones would be written with an exponent. */}}
- name: {{ $setting }}
  value: {{ if and (kindIs "float64" $value) (eq (floor $value) $value) }}{{ int64 $value | quote }}{{ else }}{{ toString $value | quote }}{{ end }}
{{- end }}
{{- end }}

{{- define "platform.volumeMounts" -}}
- { name: platform, mountPath: /run/secrets/platform, readOnly: true }
{{- if .root.Values.linkTls.enabled }}
- { name: link, mountPath: /run/secrets/link, readOnly: true }
{{- end }}
{{- if and (eq .name "gateway") .root.Values.gatewayTlsSecret }}
- { name: front, mountPath: /run/secrets/front, readOnly: true }
{{- end }}
{{- end }}

{{- define "platform.volumes" -}}
- name: platform
  projected:
    defaultMode: 0440
    sources:
      - secret:
          name: {{ .root.Values.secrets.caller }}
          items: [{ key: CALLER_SECRET, path: CALLER_SECRET }]
      {{- if ne .name "gateway" }}
      {{- $database := printf "%s_DATABASE_URL" (upper .name) }}
      - secret:
          name: {{ .root.Values.secrets.databases }}
          items: [{ key: {{ $database }}, path: {{ $database }} }]
      {{- end }}
      {{- with .process.secrets }}
      - secret:
          name: {{ ternary $.root.Values.secrets.directory $.root.Values.secrets.journal (eq $.name "directory") }}
          items:
            {{- range . }}
            - { key: {{ . }}, path: {{ . }} }
            {{- end }}
      {{- end }}
{{- if .root.Values.linkTls.enabled }}
- name: link
  secret:
    secretName: {{ .root.Values.linkTls.secretPrefix }}{{ .name }}
    defaultMode: 0440
{{- end }}
{{- if and (eq .name "gateway") .root.Values.gatewayTlsSecret }}
- name: front
  secret:
    secretName: {{ .root.Values.gatewayTlsSecret }}
    defaultMode: 0440
{{- end }}
{{- end }}
