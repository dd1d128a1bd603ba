{{/*
What each process is: its port and path of health where it listens, whether it speaks with Temporal, and which keys of its
Secret are which variables. The parts that are switched by values are added in "secrets".
*/}}
{{- define "processes" -}}
worker:
  temporal: true
  outside: true
  secrets: { database-url: DATABASE_URL_FILE, genesys-client-secret: GENESYS_CLIENT_SECRET_FILE, events-signing-secrets: EVENTS_SIGNING_SECRETS_FILE }
events:
  port: 8460
  health: /healthz
  host: EVENTS_HOST
  listens: EVENTS_PORT
  secrets: { database-url: DATABASE_URL_FILE, events-signing-secrets: EVENTS_SIGNING_SECRETS_FILE }
console:
  port: 8490
  health: /health
  host: CONSOLE_HOST
  listens: CONSOLE_PORT
  temporal: true
  outside: true
  secrets: { database-url: DATABASE_URL_FILE, attestor-key: ASSIST_ATTESTOR_KEY_FILE, console-session-secret: CONSOLE_SESSION_SECRET_FILE }
panel:
  port: 8470
  health: /health
  host: PANEL_HOST
  listens: PANEL_PORT
  outside: true
  secrets: { database-url: DATABASE_URL_FILE, genesys-client-secret: GENESYS_CLIENT_SECRET_FILE, panel-session-secret: PANEL_SESSION_SECRET_FILE }
responder:
  outside: true
  secrets: { database-url: DATABASE_URL_FILE, genesys-client-secret: GENESYS_CLIENT_SECRET_FILE }
api:
  port: 8480
  health: /health
  host: API_HOST
  listens: API_PORT
  temporal: true
  outside: true
  secrets: { database-url: DATABASE_URL_FILE, attestor-key: ASSIST_ATTESTOR_KEY_FILE }
{{- end -}}

{{/* All keys that a process takes from its Secret: (dict "root" $ "process" "worker" "facts" …) */}}
{{- define "secrets" -}}
{{- $values := .root.Values -}}
{{- range $key, $variable := .facts.secrets }}
{{ $key }}: {{ $variable }}
{{- end }}
{{- if and .facts.temporal $values.temporal.token }}
temporal-token: TEMPORAL_API_KEY_FILE
{{- end }}
{{- if and .facts.temporal $values.temporal.cipher }}
codec-keys: TEMPORAL_CODEC_KEYS_FILE
{{- end }}
{{- if and (eq .process "worker") $values.worker.audit.signed }}
audit-signing-key: AUDIT_SIGNING_KEY_FILE
{{- end }}
{{- end -}}
