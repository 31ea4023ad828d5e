import KubeModel
import SkyfloAPI

extension PlannedRequest {
    /// As it is kept in a status: the request byte for byte, its target, and what was previewed. ``before`` is not part of it; it may be large
    /// and is kept apart.
    package var json: JSONValue { stored.json }

    var stored: StoredWrite {
        var stored = StoredWrite()
        stored.method = request.method.rawValue
        stored.path = request.path
        stored.query = request.query
        stored.contentType = request.contentType
        stored.accept = request.accept == Self.defaultAccept ? nil : request.accept
        stored.body = request.body
        stored.target = target.stored
        stored.previewed = previewed
        return stored
    }

    /// As ``json``, for people to read: what the body holds of secrets is replaced. It can't be sent any more.
    package func redacted(by redactor: Redactor) -> JSONValue { shown(by: redactor).json }

    func shown(by redactor: Redactor) -> StoredWrite {
        var shown = stored
        guard let body = request.body else { return shown }
        let isSecret = target.resource.isSame(as: .secrets) && request.method != .delete
        guard let parsed = try? JSONParser.parse(body) else {
            shown.body = redactor.redact(text: body)
            return shown
        }
        let redacted = redactor.redact(json: named(parsed, redactor: redactor), isSecret: isSecret)
        if redacted != parsed { shown.body = JSONWriter.string(redacted) }
        return shown
    }

    /// A JSON patch says where a value goes and not what that is called: `/spec/…/env/0/value`. The object knows.
    private func named(_ body: JSONValue, redactor: Redactor) -> JSONValue {
        guard let operations = body.array, let before else { return body }
        return .array(
            operations.map { operation in
                guard let pointer = operation["path"]?.string, let path = try? JSONPatch.pointer(pointer),
                    path.last == "value", let value = operation["value"]?.string,
                    let name = JSONPatch.value(at: path.dropLast(), of: before.json)?["name"]?.string
                else { return operation }
                let shown = redactor.redact(json: ["name": .string(name), "value": .string(value)])
                var operation = operation
                operation["value"] = shown["value"]
                return operation
            })
    }

    private static let defaultAccept = "application/json"

    /// nil for what ``json`` doesn't write: a request that was tampered with is not sent.
    package init?(json: JSONValue, before: KubeObject? = nil) {
        guard let stored = StoredWrite(json: json) else { return nil }
        self.init(stored, before: before)
    }

    init?(_ stored: StoredWrite, before: KubeObject? = nil) {
        guard let method = stored.method.flatMap(KubeRequest.Method.init(rawValue:)),
            let path = stored.path, path.hasPrefix("/"), let target = stored.target.flatMap({ Target($0) })
        else { return nil }
        let request = KubeRequest(
            method, path: path, query: stored.query, contentType: stored.contentType, body: stored.body,
            accept: stored.accept ?? Self.defaultAccept)
        self.init(request: request, target: target, before: before, previewed: stored.previewed)
    }
}

extension PlannedRequest.Target {
    package var json: JSONValue { stored.json }

    var stored: WriteTarget {
        var stored = WriteTarget()
        stored.group = resource.group
        stored.version = resource.version
        stored.resource = resource.plural
        stored.kind = resource.kind
        stored.namespace = namespace
        stored.name = name
        stored.uid = uid
        stored.resourceVersion = resourceVersion
        return stored
    }

    package init?(json: JSONValue) {
        guard let stored = WriteTarget(json: json) else { return nil }
        self.init(stored)
    }

    /// nil where a member is missing. A target without a namespace is cluster-scoped.
    init?(_ stored: WriteTarget) {
        guard let group = stored.group, let version = stored.version, let plural = stored.resource,
            let kind = stored.kind, let name = stored.name, let uid = stored.uid,
            let resourceVersion = stored.resourceVersion
        else { return nil }
        let resource = APIResource(
            group: group, version: version, plural: plural, kind: kind, namespaced: stored.namespace != nil)
        self.init(
            resource: resource, namespace: stored.namespace, name: name, uid: uid, resourceVersion: resourceVersion)
    }
}

extension APIResource {
    /// The resource without what discovery adds to it (short names, verbs, …): what a stored request needs, and what is
    /// the same however the resource was found.
    package var identity: APIResource {
        APIResource(group: group, version: version, plural: plural, kind: kind, namespaced: namespaced)
    }

    /// The resource is the one of that group and plural, in whatever version.
    package func isSame(as other: APIResource) -> Bool { group == other.group && plural == other.plural }
}
