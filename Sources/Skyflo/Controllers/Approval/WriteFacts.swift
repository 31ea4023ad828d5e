import KubeClient
import KubeModel
import SkyfloAPI
import WorkflowEngine
import Writes

extension WriteFacts {
    /// What a write does; nil where that can't be told.
    ///
    /// What a command does, and what becomes of an evicted pod, no dry run says: of both only is known what they are aimed
    /// at, which is enough to restrict them and too little to allow them.
    /// - Parameters:
    ///   - labels: of the target as it was when the write was planned; nil where there was none.
    ///   - change: what the dry run found; nil where it found nothing that could be taken back.
    init?(_ planned: PlannedWrite, labels: [String: String]?, change: ChangeRecord?) {
        switch planned.action {
        case .request(let request): self.init(request, labels: labels, change: change)
        case .command(let command):
            self.init(
                verb: "create", group: command.target.resource.group,
                resource: command.target.resource.plural + "/exec", namespace: command.target.namespace,
                name: command.target.name, labels: labels, body: nil, effects: nil)
        case .podStep(let pod):
            let isLog = pod.kind == .log
            self.init(
                verb: isLog ? "get" : "delete", group: pod.target.resource.group,
                resource: pod.target.resource.plural + (isLog ? "/log" : ""), namespace: pod.target.namespace,
                name: pod.target.name, labels: labels, body: nil, effects: nil)
        case .release(let release):
            // What a request does is told from the request. Its body is what the release has stored, which isn't seen here:
            // too little to allow it.
            if let request = release.request {
                self.init(request, labels: labels, change: change)
                if release.work.part != nil { effects = nil }
            } else {
                guard let access = release.access else { return nil }
                self.init(
                    verb: access.verb, group: access.group, resource: access.resource,
                    namespace: release.target.namespace, name: release.target.name, labels: labels, body: nil,
                    effects: nil)
            }
        case .jenkins(let request):
            // What becomes of it isn't in the cluster: rules can restrict it, and none allows it.
            self.init(
                verb: "update", group: request.target.resource.group, resource: request.target.resource.plural,
                namespace: request.namespace, name: request.integration, labels: labels, body: nil, effects: nil)
        case .mcp(let call):
            self.init(
                verb: "update", group: call.target.resource.group, resource: call.target.resource.plural,
                namespace: call.namespace, name: call.server, labels: labels, body: nil, effects: nil)
        }
    }

    /// What a request does, told from its path; nil where the path isn't that of the stated target, or the body can't be
    /// read. What isn't known of its effects is left open.
    ///
    /// - Parameters:
    ///   - labels: of the target as it was when the request was planned; nil where there was none.
    ///   - change: what the dry run found; nothing is known where there is none, or it has no content.
    private init?(_ planned: PlannedRequest, labels: [String: String]?, change: ChangeRecord?) {
        let known = change.flatMap { $0.kind != .changed || $0.obstacle == nil ? $0 : nil }
        let request = planned.request
        let target = planned.target
        guard let base = Self.subresource(of: request.path, target) else { return nil }
        var body: JSONValue?
        if let text = request.body, request.method != .delete {
            guard let parsed = try? JSONParser.parse(text) else { return nil }
            body = parsed
        }
        guard let verb = Self.verb(request, target: target) else { return nil }
        self.init(
            verb: verb, group: target.resource.group, resource: target.resource.plural + base,
            namespace: target.namespace, name: target.name, labels: labels, body: body,
            effects: known?.fields.flatMap(Self.effects))
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

    private static func verb(_ request: KubeRequest, target: PlannedRequest.Target) -> String? {
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
