import KubeClient
import KubeModel
import Synchronization

/// A server of closures. It remembers what it was asked.
final class FakeAPI: KubeAPI {
    typealias Handler = @Sendable (KubeRequest) async throws -> KubeResponse

    private let handler: Handler
    private let chunks: [[UInt8]]
    private let log = Mutex<[KubeRequest]>([])

    init(chunks: [[UInt8]] = [], _ handler: @escaping Handler = { _ in KubeResponse(status: 404) }) {
        self.chunks = chunks
        self.handler = handler
    }

    var requests: [KubeRequest] { log.withLock { $0 } }
    func count(_ path: String) -> Int { requests.count { $0.path == path } }

    func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse {
        log.withLock { $0.append(request) }
        return try await handler(request)
    }

    func stream<Result: Sendable>(
        _ request: KubeRequest, as identity: Impersonation?, body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        log.withLock { $0.append(request) }
        var rest = chunks[...]
        var stream = KubeByteStream { rest.popFirst() }
        return try await body(&stream)
    }
}

extension KubeResponse {
    static func json(_ value: JSONValue, status: Int = 200) -> KubeResponse {
        KubeResponse(status: status, contentType: "application/json", body: JSONWriter.bytes(value))
    }

    static func failure(_ code: Int, _ reason: APIStatus.Reason, _ message: String = "no") -> KubeResponse {
        .json(APIStatus(code: code, reason: reason, message: message).json, status: code)
    }
}
