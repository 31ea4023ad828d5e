import AsyncHTTPClient
import ControllerRuntime
import HTTPTypes
import Hummingbird
import KubeModel
import LiveEvents
import Logging
import NIOCore
import NIOHTTP1
import SkyfloAPI
import Transcripts

/// A request with the connection that it came on.
package struct ChannelRequestContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    package let channel: any Channel

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    package var address: String { channel.remoteAddress?.ipAddress ?? "" }
}

/// Names of headers that have a meaning here only.
enum LiveHeader {
    /// Of the turn, from `status.stream.key`. The API server's proxy hands it on.
    static let streamKey = "Skyflo-Stream-Key"
    /// As `Authorization`, which the API server's proxy takes away.
    static let authorization = "Skyflo-Authorization"
    /// The token alone, as for transcripts.
    static let token = RemoteTranscriptReader.callerHeaders.token
    /// For whom the token's owner acts, as `Impersonate-*`, which the API server takes for itself.
    static let user = RemoteTranscriptReader.callerHeaders.user
    static let group = RemoteTranscriptReader.callerHeaders.group
    /// A worker that doesn't have the turn hands the request on, once.
    static let passedOnBy = "Skyflo-Passed-On-By"
}

/// The edge: who is it, may they, where is the turn, and then events.
struct LiveFront: HTTPResponder {
    typealias Context = ChannelRequestContext

    let directory: TurnDirectory
    let review: StreamReview
    let limits: LiveServerLimits
    let limiter: ConnectionLimiter
    let slots: StreamSlots
    let peers: HTTPClient
    let commands: StreamCommands
    let metrics: LiveMetrics
    let routes: [any EndpointRoute]
    let logger: Logger

    func respond(to request: Request, context: ChannelRequestContext) async throws -> Response {
        do {
            return try await answer(request, in: context)
        } catch let status as APIStatus {
            metrics.refused(status.code)
            return Self.refusal(status)
        } catch let error as CancellationError {
            throw error
        } catch {
            logger.notice("a request for events failed", metadata: ["error": "\(error)"])
            metrics.refused(503)
            return Self.refusal(
                .init(code: 503, reason: .serviceUnavailable, message: "try again", retryAfterSeconds: 2))
        }
    }

    private func answer(_ request: Request, in context: ChannelRequestContext) async throws -> Response {
        if let response = try await answer(byRoutes: request, from: context.address) { return response }
        let admission = try await admit(request, from: context.address)
        if let peer = try await peer(for: admission.wanted, request) {
            return response(handingOn: peer, for: request, on: context.channel, holding: admission.slot)
        }
        return Response(
            status: .ok, headers: Self.streamFields,
            body: Self.body(of: stream(admission), for: request, on: context.channel, holding: admission.slot))
    }

    static let tooManyRequests = APIStatus(
        code: 429, reason: .tooManyRequests, message: "too many requests from your address", retryAfterSeconds: 1)

    /// Who may follow what, with a place for it.
    struct Admission: Sendable {
        var wanted: EventRequest
        var grant: StreamGrant
        var slot: StreamSlots.Slot
    }

    /// - Throws: `APIStatus` for a refusal; what keeps the API server from answering.
    func admit(_ request: Request, from address: String) async throws -> Admission {
        guard limiter.request(address) else {
            throw Self.tooManyRequests
        }
        let wanted = try EventRequest(request)
        let grant = try await grant(request, for: wanted.conversation)
        return Admission(wanted: wanted, grant: grant, slot: try slot(for: grant))
    }

    func stream(_ admission: Admission) -> LiveEventStream {
        LiveEventStream(
            directory: directory, review: review, limits: limits, metrics: metrics,
            conversation: admission.wanted.conversation,
            grant: admission.grant, turn: admission.wanted.turn, after: admission.wanted.after)
    }

    // MARK: Who

    private func grant(_ request: Request, for conversation: ObjectKey) async throws -> StreamGrant {
        if let key = request.header(LiveHeader.streamKey) {
            guard try await opens(key, of: conversation) else {
                throw APIStatus(code: 401, reason: .unauthorized, message: "the stream key is void")
            }
            return .key(key)
        }
        let header = request.header(LiveHeader.authorization) ?? request.headers[.authorization]
        guard let token = request.header(LiveHeader.token) ?? header.flatMap(Self.bearer) else {
            throw APIStatus(
                code: 401, reason: .unauthorized,
                message: "show a token of the cluster in Authorization: Bearer (through the API server's proxy in "
                    + "\(LiveHeader.token)), or the key of status.stream in \(LiveHeader.streamKey)")
        }
        let proof = CallerProof(
            token: token, user: request.header(CallerReview.userHeader) ?? request.header(LiveHeader.user),
            groups: request.values(of: CallerReview.groupHeader) + request.values(of: LiveHeader.group))
        guard let caller = try await self.caller(of: proof) else {
            throw APIStatus(code: 401, reason: .unauthorized, message: "this cluster doesn't know the token")
        }
        guard try await review.mayGet(conversation, by: caller) else {
            throw APIStatus(
                code: 403, reason: .forbidden,
                message: "\(caller.name) may not get conversations.skyflo.ai \"\(conversation.name)\" in namespace "
                    + "\(conversation.namespace ?? "")")
        }
        return .caller(caller, proof: proof)
    }

    /// - Throws: `APIStatus` 403 for who may not act for that person.
    private func caller(of proof: CallerProof) async throws -> Caller? {
        do {
            return try await review.caller(of: proof)
        } catch let refusal as CallerRefused {
            throw APIStatus(code: 403, reason: .forbidden, message: "\(refusal)")
        }
    }

    /// Void when the turn has ended. Another worker's key is in the status.
    private func opens(_ key: String, of conversation: ObjectKey) async throws -> Bool {
        guard !key.isEmpty, key.utf8.count <= 256 else { return false }
        if let turn = directory.turns[conversation], turn.end == nil, !turn.streamKey.isEmpty,
            isEqualInConstantTime(turn.streamKey, to: key)
        {
            return true
        }
        // From the cache only: a key that nobody knows is no reason to ask the API server.
        guard let stored = directory.conversations.get(conversation).map({ Conversation($0).status }),
            !stored.isTurnEnded, let stream = stored.stream
        else { return false }
        return isEqualInConstantTime(stream.key, to: key)
    }

    private static func bearer(_ header: String) -> String? {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer", !parts[1].isEmpty else { return nil }
        return String(parts[1])
    }

    private func slot(for grant: StreamGrant) throws -> StreamSlots.Slot {
        do throws(StreamSlots.Refusal) {
            return try slots.take(grant.account)
        } catch {
            switch error {
            case .tooMany:
                throw APIStatus(
                    code: 503, reason: .serviceUnavailable, message: "too many streams are open",
                    retryAfterSeconds: 5)
            case .tooManyOfCaller:
                throw APIStatus(
                    code: 429, reason: .tooManyRequests,
                    message: "you have \(limits.streamsPerCaller) streams open; close one first",
                    retryAfterSeconds: 5)
            }
        }
    }

    // MARK: Answers

    private static var streamFields: HTTPFields {
        var fields = HTTPFields()
        fields[.contentType] = "text/event-stream; charset=utf-8"
        fields[.cacheControl] = "no-cache, no-transform"
        // The stream watches for the client's end, which uses the connection up.
        fields[.connection] = "close"
        if let name = HTTPField.Name("X-Accel-Buffering") { fields[name] = "no" }
        return fields
    }

    /// A client that loses the connection comes back after a second.
    private static let prelude = "retry: 1000\n\n"

    private static func body(
        of stream: LiveEventStream, for request: Request, on channel: any Channel, holding slot: StreamSlots.Slot
    ) -> ResponseBody {
        ResponseBody { writer in
            defer { withExtendedLifetime(slot) {} }
            // At once, so that the client knows that it listens.
            try await writer.write(ByteBuffer(string: prelude))
            try await request.body.consumeWithCancellationOnInboundClose { _ in
                try await stream.run(abort: { channel.close(promise: nil) }) { messages in
                    var bytes: [UInt8] = []
                    for message in messages { message.appendFrame(to: &bytes) }
                    try await writer.write(ByteBuffer(bytes: bytes))
                }
            }
            try await writer.finish(nil)
        }
    }

    static func refusal(_ status: APIStatus) -> Response {
        var fields = HTTPFields()
        fields[.contentType] = "application/json"
        fields[.cacheControl] = "no-store"
        if let seconds = status.retryAfterSeconds { fields[.retryAfter] = String(seconds) }
        return Response(
            status: .init(code: status.code), headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSONWriter.bytes(status.json))))
    }

    // MARK: Other workers

    /// What the worker says that has the turn.
    struct PeerAnswer: Sendable {
        fileprivate var response: HTTPClientResponse

        var status: Int { Int(response.status.code) }
        var body: HTTPClientResponse.Body { response.body }
    }

    /// Asks the worker that has the turn for its events, as the caller; nil where it isn't another one.
    /// - Throws: `APIStatus` 503 where that worker can't be reached.
    func peer(for wanted: EventRequest, _ request: Request) async throws -> PeerAnswer? {
        guard
            case .elsewhere(let address, let worker) = try await directory.find(wanted.conversation, turn: wanted.turn)
        else { return nil }
        let moved = APIStatus(
            code: 503, reason: .serviceUnavailable, message: "the turn is with worker \(worker); try again",
            retryAfterSeconds: 1)
        // Two workers that each take the other for the one who has it would hand it on forever.
        guard let address, request.header(LiveHeader.passedOnBy) == nil else { throw moved }
        var passed = HTTPClientRequest(url: "https://\(address)\(request.head.path ?? "/")")
        let headers = [
            LiveHeader.streamKey, LiveHeader.token, LiveHeader.authorization, "Authorization", "Last-Event-ID",
            // Without these the other worker would take it for the token's owner.
            LiveHeader.user, LiveHeader.group, CallerReview.userHeader, CallerReview.groupHeader, "Accept",
        ]
        for name in headers {
            for value in request.values(of: name) { passed.headers.add(name: name, value: value) }
        }
        passed.headers.add(name: LiveHeader.passedOnBy, value: directory.identity)
        do {
            return PeerAnswer(response: try await peers.execute(passed, timeout: .hours(24)))
        } catch {
            logger.notice("a worker can't be reached", metadata: ["worker": "\(worker)", "address": "\(address)"])
            throw moved
        }
    }

    private func response(
        handingOn peer: PeerAnswer, for request: Request, on channel: any Channel, holding slot: StreamSlots.Slot
    ) -> Response {
        let response = peer.response
        let stall = StallWatch(limits, metrics: metrics)
        var fields = HTTPFields()
        for name in ["Content-Type", "Cache-Control", "Retry-After"] {
            guard let field = HTTPField.Name(name), let value = response.headers.first(name: name) else { continue }
            fields[field] = value
        }
        fields[.connection] = "close"
        return Response(
            status: .init(code: Int(response.status.code)), headers: fields,
            body: ResponseBody { writer in
                defer { withExtendedLifetime(slot) {} }
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await stall.run(abort: { channel.close(promise: nil) }) {
                        for try await chunk in response.body {
                            stall.beginWrite()
                            try await writer.write(chunk)
                            stall.endWrite()
                        }
                    }
                }
                try await writer.finish(nil)
            })
    }
}

extension Request {
    /// Each as it was sent: names of groups may have commas.
    func values(of name: String) -> [String] { HTTPField.Name(name).map { headers[values: $0] } ?? [] }

    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}
