import KubeClient
import KubeModel
import SkyfloAPI

struct Bench: Sendable {
    static let namespace = "skyflo-bench"

    let api: KubeClient
    let process: MeasuredProcess
    let counts: RequestCounts
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
            apiVersion: skyflo.ai/v1
            kind: SkyfloAI
            metadata: {name: bench, namespace: \(Self.namespace)}
            spec:
              models: [{name: scripted, model: scripted, baseURL: "\(modelURL)", apiKeySecretRef: {name: key}}]
              approvals: {allowUnproven: true}
            """)
    }

    /// A deployment that is up, with one replica.
    private func createDeployment(_ name: String) async throws {
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
            .merge(["status": ["approvals": ["c1": ["decision": "Approved", "decidedBy": .string(user)]]]]))
        try await executed
        let execution = start.secondsSince
        try await wait(.conversations, name, until: Self.isOver)
        wall += start.secondsSince
        return Turn(wall: wall, execution: execution)
    }

    private func say(_ text: String, _ name: String) async throws {
        let object = KubeObject(
            .conversations, namespace: Self.namespace, name: name,
            ["spec": ["serviceAccountName": "copilot", "messages": [["content": .string(text)]]]])
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
        try await api.watch(resource, namespace: Self.namespace, options) { events in
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

    // MARK: Measuring

    func measure(turns: Int, concurrent: Int) async throws {
        let idle = try process.residentMiB()
        try await createDeployment("web")
        _ = try await readTurn("warm-up-read")
        _ = try await writeTurn("warm-up-write", deployment: "web", replicas: 2)
        let reads = try await measured(turns) { try await readTurn("read-\($0)") }
        let writes = try await measured(turns) { number in
            try await writeTurn("write-\(number)", deployment: "web", replicas: number % 2 + 1)
        }
        let loadedReads = try await load(turns, concurrent, "loaded-read") { try await readTurn($0) }
        for lane in 0..<concurrent { try await createDeployment("web-\(lane)") }
        let loadedWrites = try await load(turns, concurrent, "loaded-write") { name in
            let lane = name.split(separator: "-").last.map(String.init) ?? "0"
            return try await writeTurn(
                name, deployment: "web-\(lane)",
                replicas: (name.split(separator: "-").dropLast().last.flatMap { Int($0) } ?? 0) % 2 + 2)
        }
        print(
            Table(reads: reads, writes: writes, loadedReads: loadedReads, loadedWrites: loadedWrites, idle: idle).text)
    }

    /// One after the other.
    private func measured(_ count: Int, _ turn: (Int) async throws -> Turn) async throws -> Measurement {
        let before = try await counts.read()
        let cpu = try process.cpuSeconds()
        let start = ContinuousClock.now
        var turns: [Turn] = []
        for number in 0..<count { turns.append(try await turn(number)) }
        var result = Measurement(
            turns: turns, seconds: start.secondsSince, cpu: try process.cpuSeconds() - cpu,
            peak: try process.residentMiB())
        result.requests = try await counts.read().minus(before)
        return result
    }

    /// In lanes beside each other, as many turns in each.
    private func load(
        _ turns: Int, _ lanes: Int, _ prefix: String, _ turn: @escaping @Sendable (String) async throws -> Turn
    ) async throws -> Measurement {
        let cpu = try process.cpuSeconds()
        let start = ContinuousClock.now
        let rounds = max(1, turns / 4)
        var result = Measurement(turns: [], seconds: 0, cpu: 0, peak: 0)
        try await withThrowingTaskGroup(of: [Turn].self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    var done: [Turn] = []
                    for round in 0..<rounds { done.append(try await turn("\(prefix)-\(round)-\(lane)")) }
                    return done
                }
            }
            for try await turns in group {
                result.turns += turns
                result.peak = max(result.peak, try process.residentMiB())
            }
        }
        result.seconds = start.secondsSince
        result.cpu = try process.cpuSeconds() - cpu
        return result
    }
}

struct Measurement: Sendable {
    var turns: [Bench.Turn]
    var seconds: Double
    /// CPU seconds of the operator for all turns.
    var cpu: Double
    /// MiB at the end, or the highest that was seen.
    var peak: Double
    /// What the operator sent meanwhile; only for turns one after the other.
    var requests = RequestCounts.Counts()
}

/// The operator's own count of its requests, from its `/metrics`.
struct RequestCounts: Sendable {
    struct Counts: Sendable {
        var all = 0.0
        var statusWrites = 0.0

        func minus(_ other: Counts) -> Counts {
            Counts(all: all - other.all, statusWrites: statusWrites - other.statusWrites)
        }
    }

    let api: KubeClient

    func read() async throws -> Counts {
        let text = try await api.send(KubeRequest(.get, "/metrics")).text
        var counts = Counts()
        for line in text.split(separator: "\n") where line.hasPrefix("rest_client_requests_total{") {
            guard let value = line.split(separator: " ").last.flatMap({ Double($0) }) else { continue }
            counts.all += value
            if line.contains("conversations/status") { counts.statusWrites += value }
        }
        return counts
    }
}

extension ContinuousClock.Instant {
    var secondsSince: Double {
        let elapsed = duration(to: .now)
        return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    }
}
