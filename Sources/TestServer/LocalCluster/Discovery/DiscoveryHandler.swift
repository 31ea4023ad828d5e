import KubeModel

/// Everything that isn't a resource: discovery, OpenAPI, version and health.
struct DiscoveryHandler: Sendable {
    let catalog: ResourceCatalog

    func answer(_ request: APIRequest, info: RequestInfo) throws(APIStatus) -> APIResponse {
        guard ["GET", "HEAD"].contains(request.method) else { throw .methodNotAllowed }
        let segments = info.segments
        switch (segments.first, segments.count) {
        case (nil, _): return .json(["paths": JSONValue(rootPaths)])
        case ("api", 1): return try groupList(request, isCore: true)
        case ("apis", 1): return try groupList(request, isCore: false)
        case ("api", 2): return try resources(GroupVersion(group: "", version: segments[1]))
        case ("apis", 2): return group(segments[1])
        case ("apis", 3): return try resources(GroupVersion(group: segments[1], version: segments[2]))
        case ("version", 1): return .json(Self.version)
        case ("healthz", 1), ("livez", 1), ("readyz", 1):
            guard request.flag("verbose") else { return .text("ok") }
            return .text("[+]ping ok\n\(segments[0]) check passed\n")
        case ("healthz", 2), ("livez", 2), ("readyz", 2): return segments[1] == "ping" ? .text("ok") : .pageNotFound
        case ("openapi", 2) where segments[1] == "v2": return openAPIv2(request)
        case ("openapi", 2...) where segments[1] == "v3": return OpenAPIHandler(catalog: catalog).answer(segments)
        default: return .pageNotFound
        }
    }

    private func openAPIv2(_ request: APIRequest) -> APIResponse {
        let accepts = MediaRange.parse(request.header("accept") ?? "").map(\.type)
        if accepts.contains(OpenAPIv2Document.protobufType) || accepts.contains(OpenAPIv2Document.oldProtobufType) {
            return APIResponse(contentType: OpenAPIv2Document.protobufType, OpenAPIv2Document.protobuf)
        }
        return APIResponse(Array(OpenAPIv2Document.json.utf8))
    }

    private static let version: JSONValue = [
        "major": "1", "minor": "36", "emulationMajor": "1", "emulationMinor": "36", "minCompatibilityMajor": "1",
        "minCompatibilityMinor": "35", "gitVersion": "v1.36.2+local", "gitCommit": "local", "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z", "goVersion": "none", "compiler": "swift", "platform": "linux/amd64",
    ]

    private var rootPaths: [String] {
        var paths: Set<String> = [
            "/api", "/apis", "/healthz", "/livez", "/readyz", "/openapi/v2", "/openapi/v3", "/version",
        ]
        for definition in catalog.definitions {
            paths.insert(definition.api.groupVersion.path)
            if !definition.api.group.isEmpty { paths.insert("/apis/\(definition.api.group)") }
        }
        return paths.sorted()
    }

    // MARK: Groups

    private func groupList(_ request: APIRequest, isCore: Bool) throws(APIStatus) -> APIResponse {
        for range in MediaRange.parse(request.header("accept") ?? "*/*") {
            switch range.type {
            case "application/json", "*/*", "application/*":
                if range.parameters["as"] == nil { return .json(isCore ? Self.versions : legacyGroups) }
                guard range.parameters["as"] == "APIGroupDiscoveryList", range.parameters["v"] == "v2" else { continue }
                return .json(
                    AggregatedDiscovery(definitions: catalog.definitions).list(isCore: isCore),
                    contentType: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
            default: continue
            }
        }
        throw APIStatus(
            code: 406, reason: .notAcceptable,
            message: "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, "
                + "application/vnd.kubernetes.protobuf")
    }

    private static let versions: JSONValue = [
        "kind": "APIVersions", "versions": ["v1"],
        "serverAddressByClientCIDRs": [["clientCIDR": "0.0.0.0/0", "serverAddress": "127.0.0.1"]],
    ]

    private var legacyGroups: JSONValue {
        let names = APIGroups.names(catalog.definitions).filter { !$0.isEmpty }
        return [
            "kind": "APIGroupList", "apiVersion": "v1",
            "groups": .array(names.map { groupJSON($0) }),
        ]
    }

    private func group(_ name: String) -> APIResponse {
        guard APIGroups.names(catalog.definitions).contains(name), !name.isEmpty else { return .pageNotFound }
        var json: JSONValue = ["kind": "APIGroup", "apiVersion": "v1"]
        for (key, value) in groupJSON(name).object ?? [:] { json[key] = value }
        return .json(json)
    }

    private func groupJSON(_ name: String) -> JSONValue {
        let versions = APIGroups.versions(catalog.definitions, of: name).map { version -> JSONValue in
            ["groupVersion": .string("\(name)/\(version)"), "version": .string(version)]
        }
        return ["name": .string(name), "versions": .array(versions), "preferredVersion": versions.first ?? .null]
    }

    // MARK: Resources

    private func resources(_ groupVersion: GroupVersion) throws(APIStatus) -> APIResponse {
        let definitions = catalog.definitions.filter { $0.api.groupVersion == groupVersion }
        guard !definitions.isEmpty else {
            let isBuiltIn = catalog.definitions.contains { $0.api.group == groupVersion.group && !$0.isCustom }
            if isBuiltIn { throw .unknownPath }
            return .pageNotFound
        }
        let list = definitions.flatMap { [Self.resource($0.api)] + $0.api.subresources.map(subresource($0.api)) }
        var json: JSONValue = ["kind": "APIResourceList"]
        if !groupVersion.group.isEmpty { json["apiVersion"] = "v1" }
        json["groupVersion"] = .string(groupVersion.description)
        json["resources"] = .array(list)
        return .json(json)
    }

    private static func resource(_ api: APIResource) -> JSONValue {
        .compact([
            "name": .string(api.plural), "singularName": .string(api.singular), "namespaced": .bool(api.namespaced),
            "kind": .string(api.kind), "verbs": JSONValue(api.verbs),
            "shortNames": api.shortNames.isEmpty ? nil : JSONValue(api.shortNames),
            "categories": api.categories.isEmpty ? nil : JSONValue(api.categories),
        ])
    }

    private func subresource(_ api: APIResource) -> (String) -> JSONValue {
        { name in
            let shape = SubresourceShape(api, name: name)
            return .compact([
                "name": .string("\(api.plural)/\(name)"), "singularName": "", "namespaced": .bool(api.namespaced),
                "group": shape.group.map(JSONValue.string), "version": shape.version.map(JSONValue.string),
                "kind": .string(shape.kind), "verbs": JSONValue(shape.verbs),
            ])
        }
    }
}

/// The kind and verbs of a subresource.
struct SubresourceShape: Sendable {
    var group: String?
    var version: String?
    var kind: String
    var verbs: [String]

    init(_ api: APIResource, name: String) {
        kind = api.kind
        verbs = ["get", "patch", "update"]
        switch name {
        case "scale": (group, version, kind) = ("autoscaling", "v1", "Scale")
        case "eviction": (group, version, kind, verbs) = ("policy", "v1", "Eviction", ["create"])
        case "token": (group, version, kind, verbs) = ("authentication.k8s.io", "v1", "TokenRequest", ["create"])
        case "log": verbs = ["get"]
        case "exec": (kind, verbs) = ("PodExecOptions", ["create", "get"])
        case "attach": (kind, verbs) = ("PodAttachOptions", ["create", "get"])
        case "portforward": (kind, verbs) = ("PodPortForwardOptions", ["create", "get"])
        case "proxy":
            (kind, verbs) = ("\(api.kind)ProxyOptions", ["create", "delete", "get", "patch", "update"])
        case "finalize": verbs = ["update"]
        default: break
        }
    }
}

/// Groups and versions in the order in which they are announced.
enum APIGroups {
    static func names(_ definitions: [ResourceDefinition]) -> [String] {
        var seen: Set<String> = []
        return definitions.map(\.api.group).filter { seen.insert($0).inserted }
    }

    /// The preferred one first: by stability and number, as `k8s.io/apimachinery/pkg/version` orders them.
    static func versions(_ definitions: [ResourceDefinition], of group: String) -> [String] {
        let all = Set(definitions.filter { $0.api.group == group }.map(\.api.version))
        return all.sorted { rank($0) > rank($1) }
    }

    private static func rank(_ version: String) -> (Int, Int, Int) {
        var rest = Substring(version)
        guard rest.popFirst() == "v" else { return (0, 0, 0) }
        let major = Int(rest.prefix { $0.isNumber }) ?? 0
        rest = rest.drop { $0.isNumber }
        if rest.isEmpty { return (3, major, 0) }
        let minor = Int(rest.drop { $0.isLetter }) ?? 0
        return (rest.hasPrefix("beta") ? 2 : 1, major, minor)
    }
}
