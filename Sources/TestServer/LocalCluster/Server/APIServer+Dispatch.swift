import KubeModel

extension APIServer {
    func dispatch(_ call: ResourceCall) throws(APIStatus) -> APIResponse {
        if call.target.hasSurplus, call.target.subresource != "proxy" { throw .unknownPath }
        if call.definition.isVirtual { return try review(call) }
        if call.api.group == MetricsResources.group, !call.definition.isCustom { return try metrics(call) }
        if let subresource = call.target.subresource { return try dispatch(call, subresource: subresource) }
        let hasName = call.target.name != nil
        switch call.info.verb {
        case "get": return try get(call)
        case "list": return try list(call)
        case "watch": return try watch(call)
        case "create": return try create(call)
        case "update", "patch":
            guard hasName else {
                throw call.definition.isCustom ? .badRequest("name must be provided") : .methodNotAllowed
            }
            return call.info.verb == "patch" ? try patch(call) : try replace(call)
        case "delete": return try delete(call)
        case "deletecollection":
            guard call.api.verbs.contains("deletecollection") else { throw .methodNotAllowed }
            return try deleteCollection(call)
        default: throw .methodNotAllowed
        }
    }

    private func dispatch(_ call: ResourceCall, subresource: String) throws(APIStatus) -> APIResponse {
        guard call.api.subresources.contains(subresource) else {
            throw call.definition.isCustom ? .notFound(call.api, name: call.target.name ?? "") : .unknownPath
        }
        switch (subresource, call.info.verb) {
        case ("status", "get"), ("ephemeralcontainers", "get"): return try get(call)
        case ("status", "update"), ("finalize", "update"), ("ephemeralcontainers", "update"): return try replace(call)
        case ("status", "patch"), ("ephemeralcontainers", "patch"): return try patch(call)
        case ("scale", "get"), ("scale", "update"), ("scale", "patch"): return try scale(call)
        case ("log", "get"): return try log(call)
        case ("proxy", "get"): return try proxy(call)
        case ("eviction", "create"): return try evict(call)
        case ("exec", "get"), ("exec", "create"): throw try execRefusal(call)
        case ("attach", "get"), ("attach", "create"), ("portforward", "get"), ("portforward", "create"):
            throw .notImplemented("simulated pods have no \(subresource)")
        case ("token", "create"): return try requestToken(call)
        default:
            throw call.definition.isCustom
                ? .methodNotSupported(call.api, action: call.info.verb) : .methodNotAllowed
        }
    }

    // MARK: Answers

    /// The object in the version and the form that was asked for.
    func answer(
        _ object: KubeObject, for call: ResourceCall, status: Int = 200, warnings: [String] = []
    ) throws(APIStatus) -> APIResponse {
        let stored = object
        let object = call.definition.shown(stored)
        var response: APIResponse
        switch try call.format() {
        case .json: response = .json(object.json, status: status)
        case .yaml:
            response = APIResponse(
                status: status, contentType: "application/yaml", Array(YAML.format(object.json, sorted: true).utf8))
        case .table:
            let metadata: JSONValue = ["resourceVersion": .string(object.resourceVersion)]
            response = .json(try tableEncoder(call).table([stored], metadata: metadata), status: status)
        case .partialMetadata: response = .json(TableEncoder.partial(object), status: status)
        }
        response.headers += Self.warningHeaders(warnings)
        return response
    }

    static func warningHeaders(_ warnings: [String]) -> [(name: String, value: String)] {
        warnings.map { ("Warning", "299 - \"\(quoted($0))\"") }
    }

    private static func quoted(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            if character == "\"" || character == "\\" { result.append("\\") }
            result.append(character)
        }
    }

    func tableEncoder(_ call: ResourceCall) throws(APIStatus) -> TableEncoder {
        var include = TableEncoder.IncludeObject.metadata
        if let text = call.request[query: "includeObject"], !text.isEmpty {
            guard let known = TableEncoder.IncludeObject(rawValue: text) else {
                throw .badRequest("unrecognized includeObject value: \"\(text)\"")
            }
            include = known
        }
        return TableEncoder(definition: call.definition, include: include, now: .now())
    }
}
