import AsyncHTTPClient
import Concurrency
import HTTPTransport
import HTTPTypes
import Hummingbird
import KubeModel
import LiveEvents
import NIOCore
import NIOHTTP1
import NIOWebSocket
import SkyfloAPI

/// A WebSocket by which somebody follows a turn, and stops it or decides on its calls.
struct LiveSocket: Sendable {
    /// Of what a client sends.
    static let frameLimit = 64 * 1024
    /// What it speaks, for clients that offer something.
    static let subprotocolName = "v1.events.skyflo.ai"

    private let front: LiveFront
    private let request: Request
    private let admission: LiveFront.Admission
    /// As the server chose it; nil where the client offered none.
    let subprotocol: String?

    /// - Returns: nil where the request doesn't get a WebSocket; as a plain request it gets the reason.
    init?(_ head: HTTPRequestHead, from address: String, front: LiveFront) async {
        let offered = head.headers[canonicalForm: "Sec-WebSocket-Protocol"].map(String.init)
        let isSocket = head.headers[canonicalForm: "Upgrade"].contains { $0.lowercased() == "websocket" }
        guard isSocket, head.headers["content-length"].isEmpty, head.headers["transfer-encoding"].isEmpty,
            let request = Self.request(head, offered: offered),
            let admission = try? await front.admit(request, from: address)
        else { return nil }
        self.front = front
        self.request = request
        self.admission = admission
        subprotocol = offered.contains(Self.subprotocolName) ? Self.subprotocolName : nil
    }

    private static func request(_ head: HTTPRequestHead, offered: [String]) -> Request? {
        guard let method = HTTPRequest.Method(rawValue: head.method.rawValue) else { return nil }
        var fields = HTTPFields()
        for header in head.headers {
            guard let name = HTTPField.Name(header.name) else { return nil }
            fields.append(HTTPField(name: name, value: header.value))
        }
        if fields[.authorization] == nil, let token = bearerToken(in: offered) {
            fields[.authorization] = "Bearer \(token)"
        }
        return Request(
            head: HTTPRequest(method: method, scheme: "https", authority: nil, path: head.uri, headerFields: fields),
            body: .init(buffer: ByteBuffer()))
    }

    /// A browser can't set headers of a WebSocket. API servers take a token among the protocols that it offers
    /// (`k8s.io/apiserver/pkg/authentication/request/websocket`), with another one beside it.
    private static func bearerToken(in offered: [String]) -> String? {
        let prefix = "base64url.bearer.authorization.k8s.io."
        guard offered.contains(subprotocolName), let found = offered.first(where: { $0.hasPrefix(prefix) }) else {
            return nil
        }
        return Base64.decodeURL(String(found.dropFirst(prefix.count))).map { String(decoding: $0, as: UTF8.self) }
    }

    // MARK: Running

    private typealias Outbound = NIOAsyncChannelOutboundWriter<WebSocketFrame>

    /// Returns when the stream is over or the client has left.
    func run(_ channel: NIOAsyncChannel<WebSocketFrame, WebSocketFrame>) async throws {
        defer { withExtendedLifetime(admission) {} }
        let connection = channel.channel
        try await channel.executeThenClose { inbound, outbound in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await send(to: outbound) { connection.close(promise: nil) }
                    try await close(.normalClosure, on: outbound)
                }
                group.addTask { try await receive(inbound, answering: outbound) }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }

    private func send(to outbound: Outbound, abort: @escaping @Sendable () -> Void) async throws {
        let write: @Sendable ([StreamMessage]) async throws -> Void = { messages in
            try await outbound.write(contentsOf: messages.map(Self.frame))
        }
        do {
            guard let peer = try await front.peer(for: admission.wanted, request) else {
                return try await front.stream(admission).run(abort: abort, write: write)
            }
            try await relay(peer, abort: abort, by: write)
        } catch let refusal as APIStatus {
            try await write([.notice(.resume(reason: refusal.message))])
        }
    }

    /// Another worker has the turn: its events come as they would to a plain request.
    private func relay(
        _ peer: LiveFront.PeerAnswer, abort: @escaping @Sendable () -> Void,
        by write: @Sendable ([StreamMessage]) async throws -> Void
    ) async throws {
        guard peer.status == 200 else {
            return try await write([.notice(.resume(reason: "the worker that has the turn says \(peer.status)"))])
        }
        let stall = StallWatch(front.limits, metrics: front.metrics)
        try await stall.run(abort: abort) {
            var parser = ServerSentEventParser(limit: 1 << 20)
            for try await chunk in peer.body {
                let messages = try parser.push(Array(chunk.readableBytesView)).compactMap { event in
                    (try? JSONParser.parse(event.data)).flatMap { StreamMessage(json: $0) }
                }
                guard !messages.isEmpty else { continue }
                stall.beginWrite()
                try await write(messages)
                stall.endWrite()
            }
        }
    }

    private static func frame(_ message: StreamMessage) -> WebSocketFrame {
        WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(bytes: JSONWriter.bytes(message.json)))
    }

    private func close(_ code: WebSocketErrorCode, on outbound: Outbound) async throws {
        var reason = ByteBuffer()
        reason.write(webSocketErrorCode: code)
        let frame = WebSocketFrame(fin: true, opcode: .connectionClose, data: reason)
        // A client that takes nothing doesn't take this either.
        _ = try await withDeadline(.now + front.limits.stall) { try await outbound.write(frame) }
    }

    // MARK: What the client sends

    /// Until the client closes. Commands are carried out one after the other: who sends more waits.
    private func receive(
        _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>, answering outbound: Outbound
    ) async throws {
        var bucket = TokenBucket(perSecond: 5, burst: 10)
        let start = ContinuousClock.now
        for try await frame in inbound {
            switch frame.opcode {
            case .text:
                let isAllowed = bucket.take(now: start.duration(to: .now))
                let answer =
                    isAllowed
                    ? await answer(String(buffer: frame.unmaskedData))
                    : .refused(command: nil, code: 429, message: "too many commands; nothing was done")
                front.metrics.answered(answer)
                try await outbound.write(Self.frame(.notice(answer)))
            case .binary: return try await close(.unacceptableData, on: outbound)
            case .ping: try await outbound.write(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData))
            case .connectionClose: return try await close(.normalClosure, on: outbound)
            default: continue
            }
        }
    }

    private func answer(_ text: String) async -> StreamNotice {
        do throws(StreamCommand.Malformed) {
            let command = try StreamCommand(parsing: text)
            return await front.commands.answer(command, on: admission.wanted.conversation, by: admission.grant)
        } catch {
            return .refused(command: error.id, code: 400, message: error.description)
        }
    }
}
