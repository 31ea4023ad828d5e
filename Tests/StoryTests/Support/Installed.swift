import Controllers
import KubeClient
import KubeModel
import OperatorTestKit
import SkyfloAPI
import Synchronization
import Testing

/// What the stories of components share.
enum Installed {
    static let image = "registry.example.com/skyflo:1"
    static let components = ComponentsConfiguration(
        image: image, version: "1.0.0", startedAt: KubeTime(seconds: 1_800_000_000))
    static let services = APIResource(group: "", version: "v1", plural: "services", kind: "Service")
    static let budgets = APIResource(
        group: "policy", version: "v1", plural: "poddisruptionbudgets", kind: "PodDisruptionBudget")
    static let ingresses = APIResource(
        group: "networking.k8s.io", version: "v1", plural: "ingresses", kind: "Ingress")

    /// A cluster with the manifests and this SkyfloAI in it, and an operator while `body` runs.
    static func run(
        _ spec: JSONValue, components: ComponentsConfiguration = Self.components,
        prepare: @escaping @Sendable (Story) async throws -> Void = { _ in },
        _ body: @escaping @Sendable (Story) async throws -> Void
    ) async throws {
        try await Story.run(nil, samples: []) { story in
            try await prepare(story)
            try await story.make(spec)
            try await story.withOperator(OfflineProvider(), components: components) { try await body(story) }
        }
    }
}

extension SkyfloAIStatus {
    var isReady: Bool {
        !components.isEmpty && components.allSatisfy { $0.phase == .ready }
            && conditions[type: "Available"]?.status == .true && conditions[type: "Progressing"]?.status == .false
    }

    func component(_ name: String) -> ComponentStatus? { components.first { $0.name == name } }
}

extension Story {
    func make(_ spec: JSONValue) async throws {
        _ = try await api.create(
            KubeObject(.skyfloAIs, namespace: Self.systemNamespace, name: "skyflo", members: ["spec": spec]),
            in: .skyfloAIs)
    }

    func changeSkyfloAI(_ spec: JSONValue) async throws {
        _ = try await api.patch(
            .skyfloAIs, namespace: Self.systemNamespace, name: "skyflo", patch: .merge(["spec": spec]))
    }

    func component(_ resource: APIResource, _ name: String) async throws -> KubeObject {
        try await api.get(resource, namespace: Self.systemNamespace, name: name)
    }

    /// Waits until the status says so.
    @discardableResult
    func untilInstalled(
        _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ condition: @Sendable (SkyfloAIStatus) -> Bool
    ) async throws -> SkyfloAIStatus {
        let last = Mutex(SkyfloAIStatus())
        do {
            return try await eventuallyFound(what, within: .seconds(60)) {
                let object = try await api.get(.skyfloAIs, namespace: Self.systemNamespace, name: "skyflo")
                let status = SkyfloAI(object).status
                last.withLock { $0 = status }
                return condition(status) ? status : nil
            }
        } catch {
            Issue.record("not so: \(what): \(last.withLock { $0.json })", sourceLocation: sourceLocation)
            throw error
        }
    }
}
