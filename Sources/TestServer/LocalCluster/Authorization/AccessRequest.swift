import KubeModel

/// What somebody wants to do, as rules judge it.
struct AccessRequest: Sendable, Hashable {
    var verb: String
    var group = ""
    /// With the subresource: `pods/log`.
    var resource = ""
    var name = ""
    /// Empty at the cluster scope.
    var namespace = ""
    /// Set where the request isn't about a resource.
    var path: String?

    init(
        verb: String, group: String = "", resource: String = "", name: String = "", namespace: String = "",
        path: String? = nil
    ) {
        self.verb = verb
        self.group = group
        self.resource = resource
        self.name = name
        self.namespace = namespace
        self.path = path
    }

    init(_ info: RequestInfo) {
        verb = info.verb
        guard let resource = info.resource else {
            path = info.path
            return
        }
        group = resource.group
        self.resource = resource.qualifiedPlural
        name = resource.name ?? info.selectedName ?? ""
        namespace = resource.namespace ?? ""
    }

    /// From a review's `resourceAttributes` or `nonResourceAttributes`; nil unless there is exactly one of them.
    init?(review spec: JSONValue) {
        func text(_ json: JSONValue, member: String) -> String { json[member]?.string ?? "" }
        switch (spec["resourceAttributes"], spec["nonResourceAttributes"]) {
        case (let attributes?, nil):
            let sub = text(attributes, member: "subresource")
            let plural = text(attributes, member: "resource")
            self.init(
                verb: text(attributes, member: "verb"), group: text(attributes, member: "group"),
                resource: sub.isEmpty ? plural : "\(plural)/\(sub)", name: text(attributes, member: "name"),
                namespace: text(attributes, member: "namespace"))
        case (nil, let attributes?):
            self.init(verb: text(attributes, member: "verb"), path: text(attributes, member: "path"))
        default: return nil
        }
    }

    /// The 403 of a real server.
    func refusal(of user: UserInfo) -> APIStatus {
        if let path {
            return APIStatus(
                code: 403, reason: .forbidden,
                message: "forbidden: User \"\(user.name)\" cannot \(verb) path \"\(path)\"")
        }
        let plural = resource.split(separator: "/").first.map(String.init) ?? resource
        let qualified = group.isEmpty ? plural : "\(plural).\(group)"
        let object = name.isEmpty ? qualified : "\(qualified) \"\(name)\""
        let scope = namespace.isEmpty ? "at the cluster scope" : "in the namespace \"\(namespace)\""
        return APIStatus(
            code: 403, reason: .forbidden,
            message:
                "\(object) is forbidden: User \"\(user.name)\" cannot \(verb) resource \"\(resource)\" in API group "
                + "\"\(group)\" \(scope)",
            group: group, kind: plural, name: name)
    }
}
