import Concurrency
import KubeModel
import MCP

/// Serves the Model Context Protocol over two streams of lines, to one person: the one whose kubeconfig it is.
package struct MCPStdioService: Sendable {
    private let server: MCPServer
    private let write: @Sendable (String) -> Void

    /// - Parameter write: takes one line at a time, with its end.
    package init(server: MCPServer, write: @escaping @Sendable (String) -> Void) {
        self.server = server
        self.write = write
    }

    /// Of one line; a longer one is answered with an error.
    package static let lineLimit = EndpointRules.bodyLimit
    private static let requestsAtOnce = 64

    private enum Event: Sendable {
        case line([UInt8])
        case tooLong
        case ended
        case finished(RPCID)
    }

    /// Works until `lines` ends.
    ///
    /// - Parameter lines: without their ends; nil for one that is longer than ``lineLimit``.
    package func run(lines: AsyncStream<[UInt8]?>) async {
        let (events, source) = AsyncStream.makeStream(of: Event.self)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await line in lines { source.yield(line.map(Event.line) ?? .tooLong) }
                source.yield(.ended)
            }
            var session = StdioSession()
            for await event in events {
                switch event {
                case .ended:
                    group.cancelAll()
                    return
                case .finished(let id): session.running[id] = nil
                case .tooLong:
                    send(RPCError(.invalidRequest, "the line has more than \(Self.lineLimit) bytes").response(to: nil))
                case .line(let line):
                    guard let request = take(line, session: &session) else { continue }
                    let (cancelled, cancel) = AsyncStream.makeStream(of: Void.self)
                    session.running[request.id] = cancel
                    let (revision, client) = (session.revision, session.client)
                    group.addTask {
                        await answer(request, revision: revision, client: client, until: cancelled)
                        source.yield(.finished(request.id))
                    }
                }
            }
        }
    }

    /// What a line asks for that takes time; everything else is done at once.
    private func take(_ line: [UInt8], session: inout StdioSession) -> RPCRequest? {
        // Windows ends lines with CR LF.
        guard !line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) else { return nil }
        do {
            switch try RPCMessage(line) {
            case .response: return nil
            case .notification(let method, let params):
                session.note(method, params)
                return nil
            case .request(let request):
                guard session.running[request.id] == nil else {
                    send(RPCError(.invalidRequest, "a request with this id is under way").response(to: request.id))
                    return nil
                }
                guard session.running.count < Self.requestsAtOnce else {
                    send(RPCError(.internalError, "too many requests at the same time").response(to: request.id))
                    return nil
                }
                session.note(request)
                return request
            }
        } catch {
            send(error.response)
            return nil
        }
    }

    private func answer(
        _ request: RPCRequest, revision: Revision?, client: String?, until cancelled: AsyncStream<Void>
    ) async {
        let progress = progress(of: request)
        let work: @Sendable () async throws -> JSONValue = {
            try await server.answer(request, revision: revision, client: client, progress: progress)
        }
        // What was cancelled isn't answered.
        let answer: JSONValue?? = try? await result(of: work, before: { for await _ in cancelled {} })
        if case .some(.some(let answer)) = answer { send(answer) }
    }

    private func progress(of request: RPCRequest) -> ProgressReporter {
        guard let token = RPCID(json: request.params["_meta"]?["progressToken"]) else { return .none }
        return ProgressReporter { done, message in
            send(
                RPC.notification(
                    "notifications/progress",
                    params: ["progressToken": token.json, "progress": JSONValue(done), "message": .string(message)]))
        }
    }

    private func send(_ message: JSONValue) { write(JSONWriter.string(message) + "\n") }
}

/// What a connection of lines has told.
private struct StdioSession {
    /// Of the handshake; nil before one.
    var revision: Revision?
    var client: String?
    /// Requests that are worked on, with what cancels each.
    var running: [RPCID: AsyncStream<Void>.Continuation] = [:]

    mutating func note(_ request: RPCRequest) {
        guard request.method == "initialize" else { return }
        let asked = request.params["protocolVersion"]?.string.flatMap { Revision(rawValue: $0) }
        revision = asked.flatMap { $0.isModern ? nil : $0 } ?? .newestWithHandshake
        client = RequestMeta.name(of: request.params["clientInfo"])
    }

    /// Ids that aren't known are none of ours, or already answered.
    mutating func note(_ method: String, _ params: JSONObject) {
        guard method == "notifications/cancelled", let id = RPCID(json: params["requestId"]) else { return }
        running[id]?.finish()
    }
}
