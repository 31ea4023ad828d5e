public import KubeClient
public import KubeModel
public import Metrics

/// Counts what is sent to the API server, as client-go does: `rest_client_requests_total` by method, HTTP status and
/// resource (`deployments/scale`). Streams are counted when they begin.
public struct InstrumentedAPI: KubeAPI {
    private let api: any KubeAPI
    private let metrics: any MetricsFactory

    /// Measures the requests that go through `api`; the metrics go to the process's own backend by default.
    public init(_ api: any KubeAPI, metrics: any MetricsFactory = MetricsSystem.factory) {
        self.api = api
        self.metrics = metrics
    }

    /// Sends a request and counts it by the answer's HTTP status, or with the code `<error>` without an answer.
    public func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse {
        do {
            let response = try await api.send(request, as: identity)
            count(request, code: "\(response.status)")
            return response
        } catch {
            count(request, code: "<error>")
            throw error
        }
    }

    /// Counts a request with the code `stream`, and streams its answer.
    public func stream<Result: Sendable>(
        _ request: KubeRequest, as identity: Impersonation?,
        body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        count(request, code: "stream")
        return try await api.stream(request, as: identity, body: body)
    }

    /// Counts a command with the code `stream`, and runs it.
    public func exec(_ command: ContainerCommand, as identity: Impersonation?) async throws -> ExecResult {
        count(command.request, code: "stream")
        return try await api.exec(command, as: identity)
    }

    private func count(_ request: KubeRequest, code: String) {
        let dimensions = [
            ("code", code), ("method", request.method.rawValue), ("resource", Self.resource(of: request.path)),
        ]
        Counter(label: "rest_client_requests_total", dimensions: dimensions, factory: metrics).increment()
    }

    /// The resource and subresource of a path without the names in it, which would make a time series each.
    static func resource(of path: String) -> String {
        var rest = path.split(separator: "/").map(String.init)[...]
        switch rest.first {
        case "api": rest = rest.dropFirst(2)
        case "apis": rest = rest.dropFirst(3)
        default: return "none"
        }
        if rest.first == "namespaces", rest.count > 2 { rest = rest.dropFirst(2) }
        guard let resource = rest.first else { return "discovery" }
        let parts = Array(rest)
        return parts.count > 2 ? "\(resource)/\(parts[2])" : resource
    }
}
