public import KubeClient
public import KubeModel
import Synchronization

/// An API server's client that a test can break: it passes everything on, except what the test wants otherwise.
public final class FaultyAPI: KubeAPI {
    /// Is called before each request; what it throws is what the caller gets, and the server never sees the request.
    public typealias BeforeRequest = @Sendable (KubeRequest) async throws -> Void
    /// Is called after each answered request: what it throws is what the caller gets, although the server did it.
    public typealias AfterRequest = @Sendable (KubeRequest, KubeResponse) async throws -> KubeResponse
    /// Is called for each chunk of a stream: returns what to hand on instead; throwing breaks the stream.
    public typealias OnChunk = @Sendable (KubeRequest, [UInt8]) throws -> [UInt8]

    private struct Faults {
        var before: BeforeRequest?
        var after: AfterRequest?
        var chunk: OnChunk?
    }

    private let api: any KubeAPI
    private let faults = Mutex(Faults())

    /// Makes a client that passes everything on to `api`. Commands in containers are refused.
    public init(_ api: any KubeAPI) { self.api = api }

    /// Sets what happens before each request, streams included, from now on; nil ends it.
    public func before(_ fault: BeforeRequest?) { faults.withLock { $0.before = fault } }
    /// Sets what happens after each answered request from now on; nil ends it. Streams are left alone.
    public func after(_ fault: AfterRequest?) { faults.withLock { $0.after = fault } }
    /// Sets what happens to each chunk of a stream from now on; nil ends it.
    public func onChunk(_ fault: OnChunk?) { faults.withLock { $0.chunk = fault } }

    /// Sends a request between the faults before and after it.
    public func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse {
        try await faults.withLock(\.before)?(request)
        let response = try await api.send(request, as: identity)
        guard let after = faults.withLock(\.after) else { return response }
        return try await after(request, response)
    }

    /// Streams an answer after the fault before it, and changes its chunks.
    public func stream<Result: Sendable>(
        _ request: KubeRequest, as identity: Impersonation?,
        body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        try await faults.withLock(\.before)?(request)
        return try await api.stream(request, as: identity) { bytes in
            var source = bytes
            var stream = KubeByteStream { [self] in
                guard let chunk = try await source.next() else { return nil }
                return try faults.withLock(\.chunk)?(request, chunk) ?? chunk
            }
            return try await body(&stream)
        }
    }
}
