import KubeModel
import SkyfloAPI

/// An object that is wanted, with the resource that it is of.
package struct WantedObject: Sendable, Hashable {
    package var resource: APIResource
    package var object: KubeObject

    /// `Deployment/skyflo-ui`
    package var title: String { "\(resource.kind)/\(object.name)" }
}

/// The objects of one component, in the order in which they are applied: what pods need comes before them, and what leads to
/// them after.
package struct ComponentObjects: Sendable {
    package let skyfloAI: SkyfloAI
    package let kind: ComponentKind
    package let settings: ComponentSettings
    package let build: OperatorBuild
    /// What ``BuildClaim`` says.
    package let claim: OperatorClaim
    /// Of the certificate that the pods are to show: another one has to be read anew.
    package let certificateDigest: String
    let names: ComponentNames

    static let port = "https"
    static let containerPort = 8443
    /// That of the image.
    static let user = 65_532
    static let nginxProtocol = "nginx.ingress.kubernetes.io/backend-protocol"
    package static let certificateAnnotation = "skyflo.ai/certificate-digest"

    /// - Parameter kind: not the engine, which is the operator itself.
    package init(
        of skyfloAI: SkyfloAI, kind: ComponentKind, settings: ComponentSettings, build: OperatorBuild,
        claim: OperatorClaim,
        certificateDigest: String
    ) {
        self.skyfloAI = skyfloAI
        self.kind = kind
        self.settings = settings
        self.build = build
        self.claim = claim
        self.certificateDigest = certificateDigest
        names = ComponentNames(of: skyfloAI.object)
    }

    var name: String { names.name(of: kind) }

    /// The Secret with the certificate that the pods show.
    package var tlsSecretName: String { settings.tlsSecretName ?? names.tlsSecretName(of: kind) }

    /// The names under which it is reached, which a certificate has to have.
    package var hosts: [String] {
        [name, "\(name).\(names.namespace)", "\(name).\(names.namespace).svc", "localhost"] + settings.publicHosts
    }

    package func all() -> [WantedObject] {
        var objects = [serviceAccount, networkPolicy, service]
        if let replicas = settings.replicas, replicas > 1 { objects.append(disruptionBudget) }
        objects.append(deployment)
        if let ingress = settings.ingress { objects.append(self.ingress(ingress)) }
        if let gateway = settings.gateway { objects.append(route(gateway)) }
        return objects.map(\.marked)
    }

    private func object(_ resource: APIResource, members: KeyValuePairs<String, JSONValue>) -> WantedObject {
        var object = KubeObject(resource, namespace: names.namespace, name: name, members: members)
        object.labels = names.labels(of: kind, version: build.version)
        object.annotations = [ComponentNames.ownerAnnotation: names.ownerAnnotationValue]
        object.ownerReferences = [names.ownerReference(of: skyfloAI.object)]
        return WantedObject(resource: resource, object: object)
    }

    private var selector: JSONValue { JSONValue(names.selectorLabels(of: kind)) }

    /// Without any right: what people and programs do there, they do with tokens of their own.
    private var serviceAccount: WantedObject {
        object(.serviceAccounts, members: ["automountServiceAccountToken": false])
    }

    /// Nothing but the one port is reached. What the pods reach isn't limited: the API server's address and port differ from
    /// cluster to cluster, and a policy that gets them wrong ends the component.
    private var networkPolicy: WantedObject {
        object(
            .networkPolicies,
            members: [
                "spec": [
                    "podSelector": ["matchLabels": selector], "policyTypes": ["Ingress"],
                    "ingress": [["ports": [["port": .string(Self.port), "protocol": "TCP"]]]],
                ]
            ])
    }

    private var service: WantedObject {
        var spec: JSONValue = [
            "selector": selector,
            "ports": [
                [
                    "name": .string(Self.port), "port": 443, "targetPort": .string(Self.port), "protocol": "TCP",
                    "appProtocol": "https",
                ]
            ],
        ]
        // Sessions are in the memory of one replica.
        if kind == .ui { spec["sessionAffinity"] = "ClientIP" }
        return object(.services, members: ["spec": spec])
    }

    private var disruptionBudget: WantedObject {
        object(
            .disruptionBudgets,
            members: ["spec": ["maxUnavailable": 1, "selector": ["matchLabels": selector]]])
    }

    private func ingress(_ settings: IngressSettings) -> WantedObject {
        let backend: JSONValue = ["service": ["name": .string(name), "port": ["name": .string(Self.port)]]]
        // With no Secret named, the controller's own certificate is shown: people send tokens there, so never without TLS.
        let tls = JSONValue.compact([
            "hosts": [.string(settings.host)], "secretName": settings.tlsSecretName.map(JSONValue.string),
        ])
        let spec = JSONValue.compact([
            "ingressClassName": settings.className.map(JSONValue.string), "tls": [tls],
            "rules": [
                [
                    "host": .string(settings.host),
                    "http": ["paths": [["path": "/", "pathType": "Prefix", "backend": backend]]],
                ]
            ],
        ])
        var result = object(.ingresses, members: ["spec": spec])
        result.object.annotations = settings.annotations.merging([Self.nginxProtocol: "HTTPS"]) { own, _ in own }
            .merging(result.object.annotations) { $1 }
        return result
    }

    private func route(_ settings: GatewaySettings) -> WantedObject {
        let spec = JSONValue.compact([
            "parentRefs": .array(settings.parentRefs),
            "hostnames": settings.hostnames.isEmpty ? nil : JSONValue(settings.hostnames),
            "rules": [["backendRefs": [["name": .string(name), "port": 443]]]],
        ])
        return object(.httpRoutes, members: ["spec": spec])
    }

    private var deployment: WantedObject {
        var spec: JSONValue = [
            "progressDeadlineSeconds": 120, "revisionHistoryLimit": 3, "selector": ["matchLabels": selector],
            "strategy": ["type": "RollingUpdate", "rollingUpdate": ["maxUnavailable": 0, "maxSurge": 1]],
            "template": [
                "metadata": [
                    "labels": JSONValue(names.labels(of: kind, version: build.version)),
                    "annotations": [
                        ComponentNames.ownerAnnotation: .string(names.ownerAnnotationValue),
                        Self.certificateAnnotation: .string(certificateDigest),
                    ],
                ],
                "spec": podSpec,
            ],
        ]
        if let replicas = settings.replicas { spec["replicas"] = JSONValue(replicas) }
        var result = object(.deployments, members: ["spec": spec])
        result.object.annotations.merge(claim.annotations) { $1 }
        return result
    }
}

extension WantedObject {
    /// With the digest of itself.
    fileprivate var marked: WantedObject {
        var result = self
        result.object.annotations[ComponentNames.digestAnnotation] = ComponentNames.digest(
            JSONWriter.string(object.json, options: .canonical))
        return result
    }
}
