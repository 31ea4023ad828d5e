import KubeModel

/// Asks one Jenkins, about the jobs that its integration allows. It can change nothing.
package struct JenkinsClient: Sendable {
    /// The integration's name: how people and messages call this Jenkins.
    package let name: String
    package let jobs: NamePatterns
    /// Whether the integration refuses writes.
    package let isReadOnly: Bool
    private let transport: any IntegrationTransport

    package init(
        _ transport: any IntegrationTransport, name: String, jobs: NamePatterns = NamePatterns([]),
        isReadOnly: Bool = false
    ) {
        self.transport = transport
        self.name = name
        self.jobs = jobs
        self.isReadOnly = isReadOnly
    }

    /// - Throws: ``IntegrationError`` where the integration doesn't allow the job.
    package func check(_ path: JenkinsPath) throws(IntegrationError) {
        guard jobs.allow(path.description) else {
            throw IntegrationError(
                .refused,
                message: "the integration \(name) does not allow job \(path); it allows "
                    + jobs.patterns.joined(separator: ", "))
        }
    }

    // MARK: Asking

    /// - Parameters:
    ///   - what: what is asked for, as messages name it: `job shop/build`.
    ///   - segments: of the path below Jenkins's root, without `api/json`.
    package func json(
        _ what: String, at segments: [String], tree: String? = nil, suffix: [String] = ["api", "json"],
        query: [IntegrationRequest.Field] = []
    ) async throws -> JSONValue {
        let fields = tree.map { [IntegrationRequest.Field("tree", value: $0)] } ?? []
        let request = try IntegrationRequest(.get, segments: segments + suffix, query: fields + query)
        let response = try await send(request)
        try Self.requireSuccess(response, what: what, jenkins: name)
        do {
            return try response.json()
        } catch {
            throw IntegrationError(error.code, message: "Jenkins \(name), asked for \(what): \(error.message)")
        }
    }

    /// A text: a log, an artifact.
    package func text(_ what: String, _ request: IntegrationRequest) async throws -> IntegrationResponse {
        let response = try await send(request)
        try Self.requireSuccess(response, what: what, jenkins: name)
        return response
    }

    /// - Precondition: the request is a GET.
    private func send(_ request: IntegrationRequest) async throws -> IntegrationResponse {
        precondition(request.method == .get, "a client that reads sends GETs only")
        do {
            return try await transport.send(request)
        } catch let error as IntegrationError {
            throw IntegrationError(error.code, message: "Jenkins \(name): \(error.message)")
        }
    }

    /// What a status means that is no success, in one sentence.
    package static func requireSuccess(
        _ response: IntegrationResponse, what: String, jenkins name: String
    ) throws(IntegrationError) {
        if response.isSuccess { return }
        let user = response.header("x-you-are-authenticated-as").map { " (as \($0.prefix(64)))" } ?? ""
        switch response.status {
        case 401:
            throw IntegrationError(
                .unauthorized, message: "Jenkins \(name) does not accept the integration's user and token (HTTP 401)")
        case 403:
            let lacks = response.header("x-required-permission").map { ": it lacks \($0.prefix(128))" } ?? ""
            throw IntegrationError(
                .forbidden,
                message: "Jenkins \(name) does not let the integration's user\(user) do this to \(what)\(lacks)")
        case 404:
            throw IntegrationError(
                .notFound,
                message: "\(what) does not exist in Jenkins \(name), or the integration's user may not see it")
        default:
            let reason = response.header("x-error").map { ": \($0.prefix(300))" } ?? ""
            throw IntegrationError(
                .status(response.status),
                message: "Jenkins \(name) answered HTTP \(response.status) for \(what)\(reason)")
        }
    }
}

extension JenkinsClient {
    /// What answers tell of Jenkins itself: whom it takes the integration for, and its version.
    package struct Identity: Sendable, Hashable {
        package var user: String
        package var version: String
    }

    package func identity() async throws -> Identity {
        let request = try IntegrationRequest(
            .get, segments: ["me", "api", "json"], query: [.init("tree", value: "id,fullName")])
        let response = try await text("the integration's own user", request)
        let json = try response.json()
        guard let id = json["id"]?.string, !id.isEmpty else {
            throw IntegrationError(
                .malformed, message: "Jenkins \(name) does not say whom it takes the integration for")
        }
        return Identity(
            user: String(id.prefix(128)), version: String((response.header("x-jenkins") ?? "").prefix(32)))
    }
}
