import KubeClient
import KubeModel
import SkyfloAPI

/// Makes turns of an operator and takes their time.
struct Bench: Sendable {
    static let namespace = "skyflo-bench"

    let api: KubeClient
    let usage: OperatorUsage
    /// As whom the client works: the admission policy takes decisions in no other name.
    let user: String

    // MARK: Preparing

    /// Makes the namespace with what conversations need, and a deployment for each that runs at the same time.
    func prepare(modelURL: String) async throws {
        try await create(
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: \(Self.namespace)}
            """)
        try await create(
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: key, namespace: \(Self.namespace)}
            stringData: {OPENAI_API_KEY: none}
            ---
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: copilot, namespace: \(Self.namespace)}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: copilot, namespace: \(Self.namespace)}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
            subjects: [{kind: ServiceAccount, name: copilot, namespace: \(Self.namespace)}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: keys, namespace: \(Self.namespace)}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
            subjects: [{kind: ServiceAccount, name: keys, namespace: \(Self.namespace)}]
            ---
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: keys, namespace: \(Self.namespace)}
            ---
            apiVersion: skyflo.ai/v1
            kind: SkyfloAI
            metadata: {name: bench, namespace: \(Self.namespace)}
            spec:
              secretsServiceAccountName: keys
              models: [{name: scripted, model: scripted, baseURL: "\(modelURL)", apiKeySecretRef: {name: key}}]
              approvals: {allowUnproven: true}
            """)
    }

    /// A deployment that is up, with one replica.
    func createDeployment(_ name: String) async throws {
        try await create(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: \(name), namespace: \(Self.namespace)}
            spec:
              replicas: 1
              selector: {matchLabels: {app: \(name)}}
              template:
                metadata: {labels: {app: \(name)}}
                spec: {containers: [{name: web, image: "nginx:1.27"}]}
            """)
        try await wait(.deployments, name) { $0["status", "readyReplicas"]?.int == 1 }
    }

    private func create(_ yaml: String) async throws {
        let mapper = RESTMapper(api: api)
        for json in try YAML.parseAll(yaml) {
            let object = KubeObject(json)
            let kind = GroupVersionKind(
                group: object.groupVersion?.group ?? "", version: object.groupVersion?.version ?? "", kind: object.kind)
            _ = try await api.create(object, in: try await mapper.resource(for: kind))
        }
    }

    // MARK: Turns

    struct Turn: Sendable {
        /// From sending the Conversation to seeing it completed, in seconds, the wait for the decision left out.
        var wall: Double
        /// From sending the approval to seeing the change on the deployment, in seconds.
        var execution: Double?
    }

    /// So that nothing is paid for in the first measured turn that all later ones go without.
    func warmUp() async throws {
        try await createDeployment("web")
        _ = try await readTurn("warm-up-read")
        _ = try await writeTurn("warm-up-write", deployment: "web", replicas: 2)
    }

    func readTurn(_ number: Int) async throws -> Turn { try await readTurn("read-\(number)") }

    func writeTurn(_ number: Int) async throws -> Turn {
        try await writeTurn("write-\(number)", deployment: "web", replicas: number % 2 + 1)
    }

    func readTurn(_ name: String) async throws -> Turn {
        let start = ContinuousClock.now
        try await say("read", name)
        try await wait(.conversations, name, until: Self.isOver)
        return Turn(wall: start.secondsSince)
    }

    func writeTurn(_ name: String, deployment: String, replicas: Int) async throws -> Turn {
        var start = ContinuousClock.now
        try await say("scale \(deployment) \(replicas)", name)
        try await wait(.conversations, name) { $0["status", "pendingApprovals"]?.int == 1 }
        var wall = start.secondsSince
        start = .now
        async let executed: Void = wait(.deployments, deployment) { $0["spec", "replicas"]?.int == replicas }
        _ = try await api.patch(
            .conversations, namespace: Self.namespace, name: name, subresource: "status",
            patch: .merge(["status": ["approvals": ["c1": ["decision": "Approved", "decidedBy": .string(user)]]]]))
        try await executed
        let execution = start.secondsSince
        try await wait(.conversations, name, until: Self.isOver)
        wall += start.secondsSince
        return Turn(wall: wall, execution: execution)
    }

    private func say(_ text: String, _ name: String) async throws {
        let object = KubeObject(
            .conversations, namespace: Self.namespace, name: name,
            members: ["spec": ["serviceAccountName": "copilot", "messages": [["content": .string(text)]]]])
        _ = try await api.create(object, in: .conversations)
    }

    private static let isOver: @Sendable (KubeObject) -> Bool = { object in
        Conversation(object).status.phase?.isTerminal ?? false
    }

    /// Watches one object until it is so; from its state at the time of the call on.
    private func wait(
        _ resource: APIResource, _ name: String, until condition: @escaping @Sendable (KubeObject) -> Bool
    ) async throws {
        var options = WatchOptions()
        options.fieldSelector = "metadata.name=\(name)"
        try await api.watch(resource, namespace: Self.namespace, options: options) { events in
            while let event = try await events.next() {
                switch event {
                case .added(let object), .modified(let object):
                    if condition(object) { return }
                case .error(let status): throw status
                case .deleted, .bookmark: continue
                }
            }
        }
    }
}
