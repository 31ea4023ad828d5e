import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import Testing

/// A conversation with one turn of writes: what the user asks, what the model does about it, and what must be so in the end.
enum CrashScenario: String, Sendable, CaseIterable {
    case change, create, delete, scale, two, denied, auto, undo, exec, drain

    static let configMaps = APIResource(group: "", version: "v1", plural: "configmaps", kind: "ConfigMap")

    // MARK: Before

    /// The objects that the scenario works on, for the run of this number.
    func setUp(_ id: Int, _ story: Story) async throws {
        switch self {
        case .create: return
        case .scale:
            try await story.apply(
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: \(Self.name(id)), namespace: shop}
                spec:
                  replicas: 1
                  selector: {matchLabels: {run: \(Self.name(id))}}
                  template:
                    metadata: {labels: {run: \(Self.name(id))}}
                    spec: {containers: [{name: c, image: "nginx:1.27"}]}
                """)
        case .change, .delete, .denied, .undo: try await map(Self.name(id), story)
        case .auto: try await map(Self.name(id), story, labels: ["auto": "yes"])
        case .two: for name in [Self.name(id), Self.name(id) + "-b"] { try await map(name, story) }
        case .exec: try await pod(Self.name(id), on: nil, story)
        case .drain:
            try await story.apply("{apiVersion: v1, kind: Node, metadata: {name: \(Self.name(id))}}")
            for name in Self.pods(id) { try await pod(name, on: Self.name(id), story) }
        }
    }

    private static func pods(_ id: Int) -> [String] { ["\(name(id))-a", "\(name(id))-b"] }

    private func pod(_ name: String, on node: String?, _ story: Story) async throws {
        var object = KubeObject(.pods, namespace: Story.namespace, name: name)
        object["spec"] = [
            "terminationGracePeriodSeconds": 0, "containers": [["name": "c", "image": "busybox:1.36"]],
        ]
        if let node { object["spec", "nodeName"] = .string(node) }
        _ = try await story.api.create(object, in: .pods)
        try await eventually("pod \(name) runs") {
            try await story.api.get(.pods, namespace: Story.namespace, name: name)["status", "phase"] == "Running"
        }
    }

    private func map(_ name: String, _ story: Story, labels: [String: String] = [:]) async throws {
        var object = KubeObject(Self.configMaps, namespace: Story.namespace, name: name, members: ["data": ["a": "1"]])
        object.labels = labels
        _ = try await story.api.create(object, in: Self.configMaps)
    }

    static func name(_ id: Int) -> String { id < 0 ? "count-\(-id)" : "run-\(id)" }
    func message(_ id: Int) -> String { "\(rawValue) \(Self.name(id))" }

    // MARK: The model

    /// Reads from the last message what is asked: a worker that comes later gets the same answer to the same question.
    static func reply(to request: ModelRequest) -> ModelReply {
        let request = request.withoutContext
        let last = request.messages.lastIndex { if case .user = $0 { true } else { false } }
        guard let last, case .user(let text) = request.messages[last] else { return .says("Nothing was asked.") }
        return reply(to: text, isNew: last == request.messages.count - 1)
    }

    static func reply(to text: String, isNew: Bool) -> ModelReply {
        let words = text.split(separator: " ").map(String.init)
        guard isNew, words.count == 2, let scenario = Self(rawValue: words[0]) else { return .says("Done.") }
        return scenario.calls(words[1])
    }

    private func calls(_ name: String) -> ModelReply {
        let change = { (name: String) -> (String, JSONValue) in
            (
                "k8s_patch",
                [
                    "resource_type": "configmap", "name": .string(name), "patch_type": "merge",
                    "patch": "{\"data\":{\"a\":\"2\"}}",
                ]
            )
        }
        switch self {
        case .change, .denied, .auto, .undo: return .calls(change(name))
        case .two: return .calls(change(name), change(name + "-b"))
        case .delete: return .calls(("k8s_delete", ["resource_type": "configmap", "name": .string(name)]))
        case .scale: return .scale(name, to: 2)
        case .exec: return .calls(("k8s_exec", ["pod_name": .string(name), "command": "true"]))
        case .drain: return .calls(("k8s_drain", ["node_name": .string(name), "force": true, "timeout_seconds": 60]))
        case .create:
            let manifest = "{apiVersion: v1, kind: ConfigMap, metadata: {name: \(name)}, data: {a: \"2\"}}"
            return .calls(("k8s_apply", ["content": .string(manifest)]))
        }
    }

    // MARK: After

    /// Whether a rule of the SkyfloAI allows a request of the scenario.
    func isAllowed(_ request: Audit.Request, _ id: Int) -> Bool {
        self == .auto && request.method == "PATCH" && request.path.hasSuffix("/configmaps/\(Self.name(id))")
    }

    /// Whether a conversation is done with.
    func isOver(_ conversation: Conversation, turn: Int) -> Bool {
        let status = conversation.status
        if conversation.spec.stop {
            return status.isTurnEnded && status.observedGeneration == conversation.object.generation
        }
        guard status.turn >= turn, status.phase?.isTerminal ?? false else { return false }
        return undo(in: conversation) == nil && status.undosTaken == conversation.spec.undo.count
    }

    /// The change that the user takes back now.
    func undo(in conversation: Conversation) -> String? {
        let status = conversation.status
        guard self == .undo, status.isTurnEnded, status.turn > 0, conversation.spec.undo.isEmpty else {
            return nil
        }
        return status.changes.first?.id
    }

    /// Nothing but never sending it again keeps it from being done twice: where its answer is lost, so is its outcome.
    var isOnceOnly: Bool { self == .exec }

    var decision: Approval.Decision { self == .denied ? .denied : .approved }
    var writes: Int {
        switch self {
        case .denied: 0
        case .two, .undo: 2
        case .drain: 3
        case .change, .create, .delete, .scale, .auto, .exec: 1
        }
    }

    /// What the cluster says that is not so; nil when all is as it was approved.
    func fault(_ id: Int, _ story: Story) async throws -> String? {
        let name = Self.name(id)
        func value(_ name: String) async throws -> String? {
            try await story.api.find(Self.configMaps, namespace: Story.namespace, name: name)?["data", "a"]?.string
        }
        let found: [String?]
        let expected: [String?]
        switch self {
        case .change, .create, .auto: (found, expected) = ([try await value(name)], ["2"])
        case .denied, .undo: (found, expected) = ([try await value(name)], ["1"])
        case .two: (found, expected) = ([try await value(name), try await value(name + "-b")], ["2", "2"])
        case .delete: (found, expected) = ([try await value(name)], [nil])
        case .scale: (found, expected) = ([try await story.replicas(name).map(String.init)], ["2"])
        case .exec: return nil
        case .drain:
            let node = try await story.api.get(SequenceStoryTests.nodes, name: name)
            found = [node["spec", "unschedulable"]?.bool.map { "\($0)" }]
            expected = ["true"]
        }
        return found == expected ? nil : "found \(found), expected \(expected)"
    }

    func tearDown(_ id: Int, _ story: Story) async throws {
        let name = Self.name(id)
        let objects: [(APIResource, String)] =
            switch self {
            case .scale: [(.deployments, name)]
            case .change, .create, .delete, .denied, .auto, .undo: [(Self.configMaps, name)]
            case .two: [(Self.configMaps, name), (Self.configMaps, name + "-b")]
            case .exec: [(.pods, name)]
            case .drain: [(SequenceStoryTests.nodes, name)] + Self.pods(id).map { (.pods, $0) }
            }
        for (resource, name) in objects + [(.conversations, name)] {
            do {
                let namespace = resource.namespaced ? Story.namespace : nil
                try await story.api.delete(resource, namespace: namespace, name: name)
            } catch let status as APIStatus where status.isNotFound {
                // Deleted, or never made.
            }
        }
    }
}
