import KubeModel
import Writes

/// Something that was looked at in an installation.
package struct Finding: Sendable, Hashable {
    package enum Severity: String, Sendable, Hashable, Comparable, CaseIterable {
        /// As it should be.
        case ok
        /// It works, and something is missing or will be.
        case warning
        /// Something doesn't work.
        case error

        package static func < (a: Severity, b: Severity) -> Bool {
            let order = allCases
            return (order.firstIndex(of: a) ?? 0) < (order.firstIndex(of: b) ?? 0)
        }
    }

    /// What was looked at, as one word: `CRDs`, `Operator`, `Rights`.
    package var check: String
    package var severity: Severity
    /// A sentence without a full stop.
    package var message: String
    /// The command, or else what to do; empty where nothing is to be done.
    package var remedy: String

    package init(_ severity: Severity, check: String, message: String, remedy: String = "") {
        self.severity = severity
        self.check = check
        self.message = message
        self.remedy = remedy
    }

    /// For programs.
    package var json: JSONValue {
        .compact([
            "check": .string(check), "severity": .string(severity.rawValue), "message": .string(message),
            "remedy": remedy.isEmpty ? nil : .string(remedy),
        ])
    }
}

/// What reading something gave, which may not have been allowed.
package enum Reading<Value: Sendable>: Sendable {
    case read(Value)
    /// The server's words.
    case forbidden(String)

    /// The value; nil where it may not be read.
    package var value: Value? { if case .read(let value) = self { value } else { nil } }
}

extension Reading: Equatable where Value: Equatable {}

/// What is known of an installation, read before it is judged.
package struct InstallationFacts: Sendable {
    package var namespace: String
    /// How people call this program.
    package var program: String
    package var now: KubeTime
    /// The program's own, which is that of its manifests.
    package var version: String
    /// `/version` of the server.
    package var server: JSONValue
    /// The objects that the manifests describe, each with what the cluster has of it.
    package var objects: [(wanted: KubeObject, live: Reading<KubeObject?>)] = []
    /// Why the operator's pods don't run.
    package var troubles: [RolloutTrouble] = []
    /// Rights of the operator, each with whether it has it.
    package var rights: Reading<[(right: String, isAllowed: Bool)]> = .read([])
    package var leases: Reading<[KubeObject]> = .read([])
    package var settings: Reading<[KubeObject]> = .read([])
    package var conversations: Reading<[KubeObject]> = .read([])
    /// Secrets and ConfigMaps that SkyfloAIs name and that aren't there.
    package var missingReferences: [MissingReference] = []
    /// Whether the server serves `metrics.k8s.io`.
    package var hasMetrics = true
    /// Groups whose own server doesn't answer.
    package var unavailableGroups: [String] = []

    package struct MissingReference: Sendable, Hashable {
        package var settings: ObjectKey
        package var kind: String
        package var name: String

        package init(settings: ObjectKey, kind: String, name: String) {
            self.settings = settings
            self.kind = kind
            self.name = name
        }
    }

    package init(namespace: String, program: String, now: KubeTime, version: String, server: JSONValue) {
        self.namespace = namespace
        self.program = program
        self.now = now
        self.version = version
        self.server = server
    }

    func live(kind: String, name: String) -> KubeObject? {
        objects.first { $0.wanted.kind == kind && $0.wanted.name == name }?.live.value ?? nil
    }

    /// Whether the operator wasn't given the right to make components, or it was taken away: an installation may do without.
    var lacksComponentRights: Bool {
        objects.contains { wanted, live in
            guard case .read(nil) = live else { return false }
            return OperatorRights.areForComponents(wanted)
        }
    }

    /// What brings the manifests of this version into the cluster, in the way in which they came there.
    var install: String {
        guard let deployment = live(kind: "Deployment", name: "skyflo-operator") else {
            return "\(program) install -n \(namespace) --image IMAGE"
        }
        let all = objects.compactMap { $0.live.value ?? nil }
        if let owner = Owner.decisive(of: deployment, among: all) {
            return "with the manifests of version \(version): \(Obstacle.words(for: owner).remedy)"
        }
        let containers = deployment["spec", "template", "spec", "containers"]?.array ?? []
        let image = containers.first?["image"]?.string ?? "IMAGE"
        // Whatever an autoscaler or spec.engine.replicas says is left to them.
        let isOurs = (deployment.metadata["managedFields"]?.array ?? []).contains {
            $0["manager"]?.string == Installer.fieldManager && $0["fieldsV1", "f:spec", "f:replicas"] != nil
        }
        let replicas = isOurs ? deployment["spec", "replicas"]?.int ?? 1 : 1
        return "\(program) install -n \(namespace) --image \(image)" + (replicas > 1 ? " --replicas \(replicas)" : "")
    }
}
