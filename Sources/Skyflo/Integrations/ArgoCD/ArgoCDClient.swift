import KubeModel

/// Asks the server of Argo CD by its REST API: what it alone knows, such as the manifests that it would apply.
package struct ArgoCDClient: Sendable {
    private let client: IntegrationClient

    package init(_ client: IntegrationClient) { self.client = client }

    package init(_ transport: ReadingTransport, name: String) {
        client = IntegrationClient(transport, system: "Argo CD", name: name)
    }

    /// `Argo CD main`
    package var label: String { client.label }

    /// Whether the integration allows an Application of that name.
    package func allows(_ name: String) -> Bool { client.allowed.allow(name) }

    /// All Applications that the token may see and the integration allows, with the fields that a list shows.
    ///
    /// - Throws: ``IntegrationError``, `CancellationError`; so do the others.
    package func applications(project: String? = nil) async throws -> [JSONValue] {
        let fields = [
            "metadata.name", "metadata.namespace", "spec.project", "spec.destination", "spec.source", "spec.sources",
            "status.sync", "status.health", "status.operationState.phase",
        ]
        let json = try await client.json(
            "its applications",
            try IntegrationRequest(
                .get, segments: ["api", "v1", "applications"],
                query: [.init("fields", value: fields.map { "items.\($0)" }.joined(separator: ","))]
                    + (project.map { [.init("projects", value: $0)] } ?? []),
                limit: 16 << 20))
        guard json.object != nil else { throw malformed("its applications") }
        return (json["items"]?.array ?? []).filter { $0["metadata", "name"]?.string.map(allows) ?? false }
    }

    package func application(_ place: ArgoCDApplication) async throws -> JSONValue {
        let json = try await ask(place, [], what: "application \(place)")
        guard json["metadata", "name"]?.string == place.name else { throw malformed("application \(place)") }
        return json
    }

    /// What there is of an Application's resources, and what Argo CD would make of it.
    ///
    /// - Parameter filter: fields such as `kind` and `name`, by which the server chooses.
    package func managedResources(
        of place: ArgoCDApplication, filter: [IntegrationRequest.Field] = []
    ) async throws -> [ArgoCDManagedResource] {
        let json = try await ask(
            place, ["managed-resources"], what: "the resources of application \(place)", query: filter)
        guard json.object != nil else { throw malformed("the resources of application \(place)") }
        return try (json["items"]?.array ?? []).map { item in
            guard let resource = ArgoCDManagedResource(item) else {
                throw malformed("the resources of application \(place)")
            }
            return resource
        }
    }

    /// The resources of an Application and what controllers made of them, each with its parents.
    package func tree(of place: ArgoCDApplication) async throws -> [JSONValue] {
        let json = try await ask(place, ["resource-tree"], what: "the tree of application \(place)")
        guard json.object != nil else { throw malformed("the tree of application \(place)") }
        return json["nodes"]?.array ?? []
    }

    private func ask(
        _ place: ArgoCDApplication, _ path: [String], what: String, query: [IntegrationRequest.Field] = []
    ) async throws -> JSONValue {
        try client.check(place.name, as: "application")
        let fields: [IntegrationRequest.Field?] = [
            place.namespace.map { .init("appNamespace", value: $0) }, place.project.map { .init("project", value: $0) },
        ]
        do {
            return try await client.json(
                what,
                try IntegrationRequest(
                    .get, segments: ["api", "v1", "applications", place.name] + path,
                    query: fields.compactMap { $0 } + query, limit: 16 << 20))
        } catch let error as IntegrationError where error.code == .forbidden {
            // Argo CD doesn't tell which Applications there are, and answers so for those there aren't.
            throw IntegrationError(
                .forbidden, message: "\(error.message); it answers so as well where there is none of that name")
        }
    }

    package struct Identity: Sendable, Hashable {
        package var user: String?
        package var version: String?
    }

    package func identity() async throws -> Identity {
        let user = try await client.json(
            "whom it takes the integration for",
            try IntegrationRequest(.get, segments: ["api", "v1", "session", "userinfo"]))
        guard user["loggedIn"]?.bool == true else {
            throw IntegrationError(.unauthorized, message: "\(client.label) does not accept the integration's token")
        }
        let version = try await client.json("its version", try IntegrationRequest(.get, segments: ["api", "version"]))
        return Identity(user: user["username"]?.string, version: version["Version"]?.string)
    }

    private func malformed(_ what: String) -> IntegrationError {
        IntegrationError(.malformed, message: "\(client.label) gave an answer for \(what) that is none of Argo CD's")
    }
}

/// Which Application is meant.
package struct ArgoCDApplication: Sendable, Hashable, CustomStringConvertible {
    package var name: String
    /// Of the Application itself; nil for that of Argo CD.
    package var namespace: String?
    package var project: String?

    package init(name: String, namespace: String? = nil, project: String? = nil) {
        self.name = name
        self.namespace = namespace
        self.project = project
    }

    package var description: String { (namespace.map { "\($0)/" } ?? "") + name }
}

/// A resource as it is and as Argo CD would make it.
package struct ArgoCDManagedResource: Sendable, Hashable {
    package var kind: String
    package var group: String
    package var namespace: String
    package var name: String
    package var isHook: Bool
    /// Without what Argo CD ignores in comparisons; nil where there is none.
    package var live: JSONValue?
    /// nil where Argo CD would delete it.
    package var desired: JSONValue?

    init?(_ json: JSONValue) {
        guard let kind = json["kind"]?.string, let name = json["name"]?.string else { return nil }
        self.kind = kind
        self.name = name
        group = json["group"]?.string ?? ""
        namespace = json["namespace"]?.string ?? ""
        isHook = json["hook"]?.bool ?? false
        guard let live = Self.manifest(json["normalizedLiveState"] ?? json["liveState"]),
            let desired = Self.manifest(json["predictedLiveState"] ?? json["targetState"]),
            let target = Self.manifest(json["targetState"])
        else { return nil }
        self.live = live.isNull ? nil : live
        // What is to be pruned has no target, and a prediction all the same.
        self.desired = target.isNull || desired.isNull ? nil : desired
    }

    /// A text of JSON; null for none, and nil for what is no manifest.
    private static func manifest(_ json: JSONValue?) -> JSONValue? {
        guard let text = json?.string, !text.isEmpty, text != "null" else { return .null }
        guard let value = try? JSONParser.parse(text), value.object != nil else { return nil }
        return value
    }

    /// `Deployment.apps shop/web`
    package var title: String {
        "\(kind)\(group.isEmpty ? "" : "." + group) \(namespace.isEmpty ? "" : namespace + "/")\(name)"
    }

    package var isDifferent: Bool { !isHook && live != desired }
}
