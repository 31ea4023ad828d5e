import KubeModel
import Tools
import WorkflowEngine

extension AutoApproval.WriteFacts {
    /// What a request does, told from its path; nil where the path isn't that of the stated target, or the body can't be
    /// read.
    ///
    /// - Parameters:
    ///   - labels: of the target as it was when the request was planned; nil where there was none.
    ///   - change: what the dry run found; nothing is known where it has no content.
    init?(_ planned: PlannedRequest, labels: [String: String]?, change: ChangeRecord) {
        guard change.kind != .changed || change.obstacle == nil else { return nil }
        let request = planned.request
        let target = planned.target
        guard let base = Self.subresource(of: request.path, target) else { return nil }
        var body: JSONValue?
        if let text = request.body, request.method != .delete {
            guard let parsed = try? JSONParser.parse(text) else { return nil }
            body = parsed
        }
        guard let verb = Self.verb(request, target) else { return nil }
        self.init(
            verb: verb, group: target.resource.group, resource: target.resource.plural + base,
            namespace: target.namespace, labels: labels, body: body, effects: change.fields.flatMap(Self.effects))
    }

    /// A field as it was and as it would be, in its place.
    private static func effects(_ field: ChangeRecord.Field) -> [JSONValue] {
        [field.before, field.after].compactMap(\.self).map { value in
            field.path.reversed().reduce(value) { .object([$1: $0]) }
        }
    }

    /// `/scale`, or nothing; nil where the path is not the target's.
    private static func subresource(of path: String, _ target: PlannedRequest.Target) -> String? {
        let object = target.resource.path(namespace: target.namespace, name: target.name)
        if path == object || path == target.resource.path(namespace: target.namespace) { return "" }
        guard path.hasPrefix(object + "/") else { return nil }
        let rest = path.dropFirst(object.count)
        return rest.dropFirst().allSatisfy { $0.isLetter && $0.isASCII } ? String(rest) : nil
    }

    private static func verb(_ request: KubeRequest, _ target: PlannedRequest.Target) -> String? {
        let isCollection = request.path == target.resource.path(namespace: target.namespace)
        // Server-side apply of what isn't there creates it.
        if target.uid.isEmpty { return request.method == .post || request.method == .patch ? "create" : nil }
        guard !isCollection else { return nil }
        return switch request.method {
        case .put: "update"
        case .patch: "patch"
        case .delete: "delete"
        case .post: "create"
        case .get: nil
        }
    }
}
