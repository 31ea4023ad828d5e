{{/*
The objects of a manifest as it lies in the repository, in the release's namespace: one source for kubectl, Helm and skyflo install.
Those that `without` names as KIND/NAME are left out.
*/}}
{{- define "skyflo.manifest" -}}
{{- range $text := splitList "\n---\n" (.root.Files.Get (printf "manifests/%s" .file) | required (printf "manifests/%s is missing: hack/chart.sh writes it" .file)) }}
{{- $object := fromYaml $text }}
{{- if $object.Error }}{{ fail $object.Error }}{{ end }}
{{- if and (ne $object.kind "Namespace") (or (ne $object.kind "ServiceAccount") $.account) (not (has (printf "%s/%s" $object.kind $object.metadata.name) ($.without | default list))) }}
{{- include "skyflo.placed" (dict "object" $object "root" $.root) }}
---
{{ toYaml $object }}
{{ end }}
{{- end }}
{{- end }}

{{/*
Moves an object into the release's namespace, and what a binding says of ServiceAccounts.
*/}}
{{- define "skyflo.placed" -}}
{{- if .object.metadata.namespace }}{{- $_ := set .object.metadata "namespace" .root.Release.Namespace }}{{ end }}
{{- range $subject := .object.subjects }}
{{- if eq $subject.kind "ServiceAccount" }}{{- $_ := set $subject "namespace" $.root.Release.Namespace }}{{ end }}
{{- end }}
{{- end }}

{{/*
repository:tag, repository@digest, or both.
*/}}
{{- define "skyflo.image" -}}
{{- $image := .Values.image }}
{{- $image.repository }}{{ if $image.tag }}:{{ $image.tag }}{{ end }}{{ if $image.digest }}@{{ $image.digest }}{{ end }}
{{- end }}
