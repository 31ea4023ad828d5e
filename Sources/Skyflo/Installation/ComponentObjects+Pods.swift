import KubeModel
import SkyfloAPI

extension ComponentObjects {
    /// As the Pod Security Standard "restricted" asks, and with a root file system that can't be written.
    var podSpec: JSONValue {
        var spec: JSONValue = [
            "serviceAccountName": .string(name),
            // The address of the API server's authority comes with the token; the ServiceAccount has no rights.
            "automountServiceAccountToken": true, "enableServiceLinks": false, "terminationGracePeriodSeconds": 30,
            "securityContext": [
                "runAsNonRoot": true, "runAsUser": JSONValue(Self.user), "runAsGroup": JSONValue(Self.user),
                "fsGroup": JSONValue(Self.user), "seccompProfile": ["type": "RuntimeDefault"],
            ],
            "topologySpreadConstraints": [
                spread(over: "kubernetes.io/hostname"), spread(over: "topology.kubernetes.io/zone"),
            ],
            "containers": [container],
            "volumes": [["name": "tls", "secret": secretSource]],
        ]
        let placement = skyfloAI.placement
        let secrets = pullSecrets
        if !secrets.isEmpty { spec["imagePullSecrets"] = .array(secrets.map { ["name": .string($0)] }) }
        if !placement.nodeSelector.isEmpty { spec["nodeSelector"] = JSONValue(placement.nodeSelector) }
        if !placement.tolerations.isEmpty { spec["tolerations"] = .array(placement.tolerations) }
        if let affinity = placement.affinity { spec["affinity"] = affinity }
        return spec
    }

    /// No other members of the Secret than these two reach the container.
    private var secretSource: JSONValue {
        [
            "secretName": .string(tlsSecretName), "defaultMode": 0o440,
            "items": [["key": "tls.crt", "path": "tls.crt"], ["key": "tls.key", "path": "tls.key"]],
        ]
    }

    /// Those with which the operator's own image is pulled count too, where they are.
    private var pullSecrets: [String] {
        var secrets = skyfloAI.placement.imagePullSecrets
        if names.namespace == build.namespace { secrets += build.pullSecrets.filter { !secrets.contains($0) } }
        return secrets
    }

    private func spread(over topology: String) -> JSONValue {
        [
            "maxSkew": 1, "topologyKey": .string(topology), "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": ["matchLabels": JSONValue(names.selectorLabels(of: kind))],
        ]
    }

    private var container: JSONValue {
        var container: JSONValue = [
            "name": .string(kind.rawValue), "image": .string(build.image), "args": JSONValue(arguments),
            "ports": [["name": .string(Self.port), "containerPort": JSONValue(Self.containerPort), "protocol": "TCP"]],
            "startupProbe": probe("/healthz", period: 2, failures: 30),
            "livenessProbe": probe("/healthz", period: 20, failures: 3),
            "readinessProbe": probe("/readyz", period: 5, failures: 3),
            "resources": settings.resources ?? Self.defaultResources,
            "securityContext": [
                "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": ["drop": ["ALL"]],
            ],
            "volumeMounts": [["name": "tls", "mountPath": "/tls", "readOnly": true]],
        ]
        if let policy = build.pullPolicy { container["imagePullPolicy"] = .string(policy) }
        let variables = SettingsUse.environment(of: settings)
        if !variables.isEmpty {
            container["env"] = .array(variables.map { ["name": .string($0.name), "value": .string($0.value)] })
        }
        return container
    }

    static let defaultResources: JSONValue = [
        "requests": ["cpu": "20m", "memory": "64Mi"], "limits": ["memory": "256Mi"],
    ]

    private func probe(_ path: String, period: Int, failures: Int) -> JSONValue {
        [
            "httpGet": ["path": .string(path), "port": .string(Self.port), "scheme": "HTTPS"],
            "periodSeconds": JSONValue(period), "failureThreshold": JSONValue(failures), "timeoutSeconds": 5,
        ]
    }

    private var arguments: [String] {
        let shared = ["--listen=0.0.0.0:\(Self.containerPort)", "--tls-cert=/tls/tls.crt", "--tls-key=/tls/tls.key"]
        let own: [String]
        switch kind {
        case .mcp:
            own =
                ["mcp", "--tokens"] + hosts.map { "--host=\($0)" } + settings.origins.map { "--origin=\($0)" }
                + (settings.isReadOnly ? ["--read-only"] : [])
        case .ui, .engine:
            own =
                [
                    "web", "--cluster-name=\(settings.clusterName ?? "kubernetes")",
                    "--operator-namespace=\(build.namespace)",
                ]
                + settings.trustedProxies.map { "--trusted-proxy=\($0)" }
        }
        // The kubelet replaces $(NAME) by variables, which nobody who writes a SkyfloAI is to have in an argument.
        return (own + shared).map { $0.split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$$") }
    }
}
