public import KubeModel

extension PlannedRequest {
    /// As it is kept in a status: the request byte for byte, its target, and what was previewed. ``before`` is not part of it; it may be large
    /// and is kept apart.
    public var json: JSONValue {
        .compact([
            "method": .string(request.method.rawValue),
            "path": .string(request.path),
            "query": request.query.isEmpty
                ? nil : .array(request.query.map { ["name": .string($0.name), "value": .string($0.value)] }),
            "contentType": request.contentType.map(JSONValue.string),
            "accept": request.accept == Self.defaultAccept ? nil : .string(request.accept),
            "body": request.body.map(JSONValue.string),
            "target": target.json,
            "previewed": previewed.map(\.json),
        ])
    }

    /// As ``json``, for people to read: what the body holds of secrets is replaced. It can't be sent any more.
    public func redacted(by redactor: Redactor) -> JSONValue {
        var json = json
        guard let body = request.body else { return json }
        let isSecret = target.resource.isSame(as: .secrets) && request.method != .delete
        guard let parsed = try? JSONParser.parse(body) else {
            json["body"] = .string(redactor.redact(text: body))
            return json
        }
        let shown = redactor.redact(json: named(parsed, redactor), isSecret: isSecret)
        if shown != parsed { json["body"] = .string(JSONWriter.string(shown)) }
        return json
    }

    /// A JSON patch says where a value goes and not what that is called: `/spec/…/env/0/value`. The object knows.
    private func named(_ body: JSONValue, _ redactor: Redactor) -> JSONValue {
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
    public init?(json: JSONValue, before: KubeObject? = nil) {
        guard let method = json["method"]?.string.flatMap(KubeRequest.Method.init(rawValue:)),
            let path = json["path"]?.string, path.hasPrefix("/"),
            let target = json["target"].flatMap(Target.init(json:))
        else { return nil }
        var query: [KubeRequest.QueryItem] = []
        for item in json["query"]?.array ?? [] {
            guard let name = item["name"]?.string, let value = item["value"]?.string else { return nil }
            query.append(KubeRequest.QueryItem(name, value))
        }
        let request = KubeRequest(
            method, path, query: query, contentType: json["contentType"]?.string, body: json["body"]?.string,
            accept: json["accept"]?.string ?? Self.defaultAccept)
        self.init(
            request: request, target: target, before: before,
            previewed: json["previewed"].flatMap(PreviewedContent.init(json:)))
    }
}

extension PlannedRequest.Target {
    public var json: JSONValue {
        .compact([
            "group": .string(resource.group), "version": .string(resource.version),
            "resource": .string(resource.plural), "kind": .string(resource.kind),
            "namespace": namespace.map(JSONValue.string), "name": .string(name), "uid": .string(uid),
            "resourceVersion": .string(resourceVersion),
        ])
    }

    /// nil where a member is missing. A target without a namespace is cluster-scoped.
    public init?(json: JSONValue) {
        guard let group = json["group"]?.string, let version = json["version"]?.string,
            let plural = json["resource"]?.string, let kind = json["kind"]?.string, let name = json["name"]?.string,
            let uid = json["uid"]?.string, let resourceVersion = json["resourceVersion"]?.string
        else { return nil }
        let namespace = json["namespace"]?.string
        self.init(
            resource: APIResource(
                group: group, version: version, plural: plural, kind: kind, namespaced: namespace != nil),
            namespace: namespace, name: name, uid: uid, resourceVersion: resourceVersion)
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
