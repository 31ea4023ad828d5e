import KubeModel

/// The names that controllers give to what they make of a workload: `web` → `web-6d4cf56db6` → `web-6d4cf56db6-x2x4z`.
///
/// By these a pod can be told to belong to a workload when it, or what was between them, is gone already.
struct GeneratedNames {
    private let subject: PostCondition.Subject

    init(of subject: PostCondition.Subject) { self.subject = subject }

    func contains(kind: String, _ name: String) -> Bool {
        guard name.hasPrefix(subject.name + "-") else { return false }
        let parts = name.dropFirst(subject.name.count + 1).split(separator: "-", omittingEmptySubsequences: false)
        switch (subject.resource.kind, kind, parts.count) {
        case ("Deployment", "ReplicaSet", 1), ("Rollout", "ReplicaSet", 1): return Self.isHash(parts[0])
        case ("Deployment", "Pod", 2), ("Rollout", "Pod", 2): return Self.isHash(parts[0]) && Self.isSuffix(parts[1])
        case ("ReplicaSet", "Pod", 1), ("ReplicationController", "Pod", 1), ("DaemonSet", "Pod", 1), ("Job", "Pod", 1):
            return Self.isSuffix(parts[0])
        case ("Job", "Pod", 2): return Self.isNumber(parts[0]) && Self.isSuffix(parts[1])
        case ("StatefulSet", "Pod", 1): return Self.isNumber(parts[0])
        default: return false
        }
    }

    /// The template hash in the name of a pod or ReplicaSet of a Deployment, or a Rollout of Argo.
    func templateHash(of name: String) -> String? {
        guard ["Deployment", "Rollout"].contains(subject.resource.kind), name.hasPrefix(subject.name + "-") else {
            return nil
        }
        return name.dropFirst(subject.name.count + 1).split(separator: "-").first.map(String.init)
    }

    /// `rand.SafeEncodeString` of a 32-bit hash.
    private static func isHash(_ text: Substring) -> Bool { (1...10).contains(text.count) && isSafe(text) }
    /// `names.SimpleNameGenerator`.
    private static func isSuffix(_ text: Substring) -> Bool { text.count == 5 && isSafe(text) }
    private static func isNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// Without vowels and what looks alike, so that no words come up.
    private static func isSafe(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { "bcdfghjklmnpqrstvwxz2456789".utf8.contains($0) }
    }
}
