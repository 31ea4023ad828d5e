import KubeModel
import KubeSchema

/// Answers requests: who is it, may they, what is asked, do it. Free of HTTP and of waiting; only a watch goes on later,
/// as a ``WatchStream``.
struct APIServer: Sendable {
    let storage: ObjectStorage
    let authenticator: Authenticator
    let authorizer: Authorizer
    /// The logs of pods, for their subresource `log`.
    let logs: PodLogs
    /// Is told of each request, before the answer leaves.
    var audit: (@Sendable (AuditEvent) -> Void)?
    let policyCache = PolicyCache()

    static let bodyLimit = 3_145_728

    var store: ClusterStore { storage.store }
    var catalog: ResourceCatalog { storage.catalog }

    /// Never fails: whatever goes wrong is a Status.
    func respond(to request: APIRequest) -> APIResponse {
        do throws(APIStatus) {
            return try answer(request)
        } catch {
            return .failure(error)
        }
    }

    private func answer(_ request: APIRequest) throws(APIStatus) -> APIResponse {
        if request.body.count > Self.bodyLimit {
            throw APIStatus(
                code: 413, reason: .requestEntityTooLarge,
                message: "Request entity too large: limit is \(Self.bodyLimit)")
        }
        let info = RequestInfo(request)
        let user = try authorizedUser(request, info: info)
        guard let resource = info.resource else {
            return try DiscoveryHandler(catalog: catalog).answer(request, info: info)
        }
        guard let call = call(request, info: info, resource: resource, user: user) else {
            return try unknownResource(resource)
        }
        return try dispatch(call)
    }

    /// The user of a request that is allowed; 401 or 403 is thrown for another.
    func authorizedUser(_ request: APIRequest, info: RequestInfo) throws(APIStatus) -> UserInfo {
        let sender = try authenticator.authenticate(request)
        let user = try Impersonator(authorizer: authorizer).effectiveUser(request, info: info, user: sender)
        let access = AccessRequest(info)
        guard authorizer.decide(access, for: user).isAllowed else { throw access.refusal(of: user) }
        return user
    }

    /// The call of a request for a resource; nil where nothing of the kind is served.
    func call(
        _ request: APIRequest, info: RequestInfo, resource: RequestInfo.Resource, user: UserInfo
    ) -> ResourceCall? {
        catalog.find(GroupVersion(group: resource.group, version: resource.version), plural: resource.plural).map {
            ResourceCall(request: request, info: info, target: resource, definition: $0, user: user)
        }
    }

    /// A group version of which nothing is served is answered by the path router, not by an API group.
    private func unknownResource(_ resource: RequestInfo.Resource) throws(APIStatus) -> APIResponse {
        let definitions = catalog.definitions
        let isBuiltInGroup = definitions.contains { $0.api.group == resource.group && !$0.isCustom }
        let isServed = definitions.contains {
            $0.api.group == resource.group && $0.api.version == resource.version
        }
        if isBuiltInGroup || isServed { throw .unknownPath }
        return .pageNotFound
    }
}

/// A request about a resource that is served.
struct ResourceCall: Sendable {
    var request: APIRequest
    var info: RequestInfo
    var target: RequestInfo.Resource
    var definition: ResourceDefinition
    var user: UserInfo

    var api: APIResource { definition.api }

    /// The key of the object in the path.
    var key: ObjectKey { definition.key(target.namespace, name: target.name ?? "") }

    /// `fieldManager`, or the program of the User-Agent as a real server takes it.
    var manager: String {
        if let manager = request[query: "fieldManager"], !manager.isEmpty { return manager }
        let agent = request.header("user-agent") ?? ""
        return agent.split(separator: "/").first.map(String.init) ?? "unknown"
    }

    func format() throws(APIStatus) -> ResponseFormat {
        guard let format = ResponseFormat.negotiate(request.header("accept")) else {
            throw APIStatus(
                code: 406, reason: .notAcceptable,
                message: "only the following media types are accepted: application/json, application/yaml, "
                    + "application/vnd.kubernetes.protobuf")
        }
        return format
    }

    /// The options of a write in its query; `kind` is their name in error messages, such as `CreateOptions`.
    func writeOptions(_ kind: String, source: WriteRequestOptions.Source) throws(APIStatus) -> WriteRequestOptions {
        var options = WriteRequestOptions(manager: manager, source: source)
        options.isDryRun = try dryRun(kind)
        if let name = request[query: "fieldManager"], name.utf8.count > 128 {
            throw .invalidOptions(kind, error: .tooLong("fieldManager", limit: 128))
        }
        switch request[query: "fieldValidation"] {
        case nil, "": break
        case let text?:
            guard let validation = WriteRequestOptions.FieldValidation(rawValue: text) else {
                throw .invalidOptions(
                    kind,
                    error: .notSupported(
                        "fieldValidation", value: .string(text), supported: ["", "Ignore", "Strict", "Warn"]))
            }
            options.fieldValidation = validation
        }
        return options
    }

    func dryRun(_ kind: String) throws(APIStatus) -> Bool {
        let values = request.query.filter { $0.name == "dryRun" }.map(\.value)
        if values.isEmpty { return false }
        guard values.allSatisfy({ $0 == "All" }) else {
            throw .invalidOptions(kind, error: .notSupported("dryRun", value: JSONValue(values), supported: ["All"]))
        }
        return true
    }
}
