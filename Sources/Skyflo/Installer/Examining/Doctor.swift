import Concurrency
import Helm
import KubeClient
import KubeModel
import SkyfloAPI

/// Reads what ``InstallationDiagnosis`` judges. It writes nothing; reviews of rights are answered and not stored.
package struct Doctor: Sendable {
    private let api: any KubeAPI
    private let mapper: RESTMapper
    private let namespace: String

    package init(api: any KubeAPI, namespace: String) {
        self.api = api
        mapper = RESTMapper(api: api)
        self.namespace = namespace
    }

    /// - Throws: whatever keeps the API server from answering; what may not be read is part of the facts.
    package func facts(program: String, now: KubeTime) async throws -> InstallationFacts {
        var facts = InstallationFacts(
            namespace: namespace, program: program, now: now, version: try InstallationChart.version(),
            server: try await api.call(KubeRequest(.get, path: "/version")))
        let wanted = try InstallationChart.objects(
            values: ValuesReader.read("namespace: {create: true}"), namespace: namespace)
        facts.objects = try await wanted.concurrentMap(atOnce: 8) { object in (object, try await live(object)) }
        if let deployment = facts.live(kind: "Deployment", name: "skyflo-operator") {
            facts.troubles = try await Installer(api: api, namespace: namespace).troubles(of: deployment)
        }
        let withComponents = !facts.lacksComponentRights
        facts.rights = try await reading { try await rights(withComponents: withComponents) }
        facts.leases = try await reading {
            try await api.list(.leases, namespace: namespace).items.filter { $0.name.hasSuffix("-worker") }
        }
        facts.settings = try await listed(.skyfloAIs)
        facts.conversations = try await listed(.conversations)
        facts.missingReferences = try await missingReferences(of: facts.settings.value ?? [])
        let groups = try await mapper.allVersions().map(\.group)
        facts.hasMetrics = groups.contains("metrics.k8s.io")
        facts.unavailableGroups = try await mapper.unavailableGroupVersions().map(\.description)
        return facts
    }

    private func reading<Value: Sendable>(_ read: () async throws -> Value) async throws -> Reading<Value> {
        do {
            return .read(try await read())
        } catch let status as APIStatus where status.isForbidden {
            return .forbidden("\(status)")
        }
    }

    /// A kind that isn't served has no objects.
    private func listed(_ resource: APIResource) async throws -> Reading<[KubeObject]> {
        try await reading {
            do {
                return try await api.listAll(resource).items
            } catch let status as APIStatus where status.isNotFound {
                return []
            }
        }
    }

    private func live(_ object: KubeObject) async throws -> Reading<KubeObject?> {
        guard let type = InstalledObject(object)?.type else { return .read(nil) }
        return try await reading {
            do {
                let resource = try await mapper.resource(for: type)
                return try await api.find(resource, namespace: object.namespace, name: object.name)
            } catch let status as APIStatus where status.isNotFound {
                return nil
            }
        }
    }

    // MARK: Rights

    /// Asks for each rule that the manifests give to the operator's ServiceAccount whether it has it.
    private func rights(withComponents: Bool) async throws -> [(right: String, isAllowed: Bool)] {
        let account = "skyflo-operator"
        let wanted = OperatorRights.all(of: account, namespace: namespace, withComponents: withComponents)
        return try await wanted.concurrentMap(atOnce: 8) { access in
            let isAllowed = try await AccessReview.allows(
                access, user: "system:serviceaccount:\(namespace):\(account)",
                groups: ["system:serviceaccounts", "system:serviceaccounts:\(namespace)", "system:authenticated"],
                api: api)
            return (access.description, isAllowed)
        }
    }

    // MARK: References

    private func missingReferences(of settings: [KubeObject]) async throws -> [InstallationFacts.MissingReference] {
        var missing: [InstallationFacts.MissingReference] = []
        for object in settings {
            for reference in SettingsReferences(object["spec"] ?? .null).all {
                let resource: APIResource = reference.kind == "Secret" ? .secrets : Self.configMaps
                let found = try await reading {
                    try await api.find(resource, namespace: object.namespace, name: reference.name)
                }
                guard case .read(nil) = found else { continue }
                missing.append(.init(settings: object.key, kind: reference.kind, name: reference.name))
            }
        }
        return missing
    }

    private static let configMaps = APIResource(group: "", version: "v1", plural: "configmaps", kind: "ConfigMap")
}

/// The rights that the manifests give to a ServiceAccount, one by one as an authorizer is asked for them.
package enum OperatorRights {
    /// Whether the object is the binding that lets the operator make components.
    package static func areForComponents(_ object: KubeObject) -> Bool {
        object.kind == "RoleBinding" && object.name == "skyflo-components"
    }

    /// - Parameter withComponents: Also those that the operator makes components with.
    package static func all(
        of account: String, namespace: String, withComponents: Bool = true
    ) -> [ResourceAccess] {
        let objects = InstallationChart.objects(inManifest: "operator.yaml")
        let bindings = objects.filter { binding in
            guard withComponents || !areForComponents(binding) else { return false }
            return (binding["subjects"]?.array ?? []).contains {
                $0["kind"] == "ServiceAccount" && $0["name"]?.string == account
            }
        }
        return bindings.flatMap { binding in
            let role = objects.first {
                $0.kind == binding["roleRef", "kind"]?.string && $0.name == binding["roleRef", "name"]?.string
            }
            let place = binding.kind == "RoleBinding" ? namespace : nil
            return (role?["rules"]?.array ?? []).flatMap { accesses(rule: $0, namespace: place) }
        }
    }

    private static func accesses(rule: JSONValue, namespace: String?) -> [ResourceAccess] {
        func texts(_ key: String) -> [String] { rule[key]?.array?.compactMap(\.string) ?? [] }
        let names: [String?] = texts("resourceNames").isEmpty ? [nil] : texts("resourceNames")
        var all: [ResourceAccess] = []
        for group in texts("apiGroups") {
            for resource in texts("resources") {
                let parts = resource.split(separator: "/", maxSplits: 1).map(String.init)
                for verb in texts("verbs") {
                    all += names.map { name in
                        ResourceAccess(
                            verb: verb, group: group, version: "*", resource: parts[0],
                            subresource: parts.count > 1 ? parts[1] : nil, namespace: namespace, name: name)
                    }
                }
            }
        }
        return all
    }
}

/// The Secrets and ConfigMaps that the spec of a SkyfloAI names, wherever it does: each member that ends in `SecretRef` or
/// `ConfigMapRef`, runbooks, and pull Secrets.
package struct SettingsReferences: Sendable {
    package struct Reference: Sendable, Hashable {
        package var kind: String
        package var name: String
    }

    package private(set) var all: [Reference] = []

    package init(_ spec: JSONValue) { collect(spec) }

    private mutating func add(_ kind: String, name: JSONValue?) {
        guard let name = name?.string, !name.isEmpty else { return }
        let reference = Reference(kind: kind, name: name)
        if !all.contains(reference) { all.append(reference) }
    }

    private mutating func collect(_ value: JSONValue) {
        switch value {
        case .array(let elements): for element in elements { collect(element) }
        case .object(let members):
            for (key, member) in members {
                let lowered = key.lowercased()
                if lowered.hasSuffix("secretref") {
                    add("Secret", name: member["name"])
                } else if lowered.hasSuffix("configmapref") {
                    add("ConfigMap", name: member["name"])
                } else if key == "imagePullSecrets" {
                    for entry in member.array ?? [] { add("Secret", name: entry["name"]) }
                } else {
                    collect(member)
                }
            }
        default: break
        }
    }
}
