import ControllerRuntime
import KubeModel
import Logging
import OperatorTestKit

struct ClosureReconciler: Reconciler {
    let body: @Sendable (ObjectKey) async throws -> ReconcileResult
    init(_ body: @escaping @Sendable (ObjectKey) async throws -> ReconcileResult) { self.body = body }
    func reconcile(_ request: ObjectKey) async throws -> ReconcileResult { try await body(request) }
}

struct Failure: Error {}

extension ManualClock {
    /// Lets it run, much faster than a real one, until the task is cancelled.
    func tick() async throws {
        while !Task.isCancelled {
            advance(by: .milliseconds(500))
            try await Task.sleep(for: .milliseconds(1))
        }
    }
}

extension APIResource {
    static let widgets = APIResource(group: "test.io", version: "v1", plural: "widgets", kind: "Widget")
}

func widget(_ name: String, _ value: Int = 0, labels: [String: String] = [:], namespace: String = "ns") -> KubeObject {
    var object = KubeObject(.widgets, namespace: namespace, name: name, members: ["spec": ["value": JSONValue(value)]])
    object.labels = labels
    return object
}

func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "ns", name: name) }

extension KubeObject {
    var value: Int { self["spec", "value"]?.int ?? -1 }
}

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

extension InformerEvent {
    /// `+a1`, `~a1>2`, `-a2`
    var short: String {
        switch self {
        case .added(let object, _): "+\(object.name)\(object.value)"
        case .updated(let old, let new): "~\(new.name)\(old.value)>\(new.value)"
        case .deleted(let object): "-\(object.name)\(object.value)"
        }
    }
}

/// Repeatable randomness.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
