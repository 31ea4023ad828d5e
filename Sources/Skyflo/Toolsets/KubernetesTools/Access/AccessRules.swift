import KubeClient
import KubeModel
import ToolKit
import Writes

/// All that the conversation's ServiceAccount may do in a namespace, in the columns of `kubectl auth can-i --list`.
struct AccessRules: Sendable {
    private static let header = ["Resources", "Non-Resource URLs", "Resource Names", "Verbs"]

    private var rows: Set<[String]> = []
    private var notes: [String] = []
    private let namespace: String
    private let user: String

    init(namespace: String, in context: ToolContext) async throws {
        self.namespace = namespace
        user = context.api.identity.user
        let answer = try await context.api.call(
            Self.review("SelfSubjectRulesReview", spec: ["namespace": .string(namespace)]))
        for rule in answer["status", "resourceRules"]?.array ?? [] { add(resource: rule) }
        for rule in answer["status", "nonResourceRules"]?.array ?? [] {
            rows.insert(["", Self.list(rule["nonResourceURLs"]), "[]", Self.list(rule["verbs"])])
        }
        if answer["status", "incomplete"]?.bool == true {
            let why = answer["status", "evaluationError"]?.string ?? "an authorizer can't list its rules"
            notes.append("(The list may be incomplete: \(why).)")
        }
        let presence = try await context.presence(ofNamespace: namespace)
        if case .missing = presence, let sentence = Absence.sentence(presence, of: namespace) {
            notes.append("(\(sentence).)")
        }
    }

    /// A review is answered and not stored.
    static func review(_ kind: String, spec: JSONValue) -> KubeRequest {
        let body: JSONValue = ["apiVersion": "authorization.k8s.io/v1", "kind": .string(kind), "spec": spec]
        return KubeRequest(
            .post, path: "/apis/authorization.k8s.io/v1/\(kind.lowercased())s", contentType: "application/json",
            body: JSONWriter.string(body))
    }

    /// A line for each resource, named with its group.
    private mutating func add(resource rule: JSONValue) {
        for group in Self.texts(rule["apiGroups"]) {
            for resource in Self.texts(rule["resources"]) {
                let name = group.isEmpty ? resource : "\(resource).\(group)"
                rows.insert([name, "[]", Self.list(rule["resourceNames"]), Self.list(rule["verbs"])])
            }
        }
    }

    private static func texts(_ list: JSONValue?) -> [String] { list?.array?.compactMap(\.string) ?? [] }

    private static func list(_ list: JSONValue?) -> String { "[\(texts(list).joined(separator: " "))]" }

    func text(limit: Int) -> String {
        let sorted = rows.sorted { ($0[0].isEmpty ? 1 : 0, $0[0], $0[1]) < ($1[0].isEmpty ? 1 : 0, $1[0], $1[1]) }
        let title = "\(user) may in namespace \(namespace):"
        let lines = [title] + (sorted.isEmpty ? ["nothing"] : TextColumns.align([Self.header] + sorted)) + notes
        return OutputLimit.cutMiddle(
            lines.joined(separator: "\n"), to: limit, rest: "ask for one verb and kind instead of list")
    }
}
