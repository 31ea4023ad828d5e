import ControllerRuntime
import KubeClient
import KubeModel
import Logging
import SkyfloAPI
import Synchronization
import Transcripts
import WorkflowEngine

/// Hands transcripts out, a page a request, to whoever may `get` the `conversations/transcript`:
/// `GET /v1/namespaces/NAMESPACE/conversations/NAME/transcript?page=N`.
///
/// The caller proves who it is with its token, in `Skyflo-Token`, or in `Authorization: Bearer`, which the API server's
/// service proxy doesn't let through. Whoever may impersonate somebody else can ask for that person. Nothing but such a
/// token counts: a key that the status of a conversation shows opens no transcript.
///
/// ## Guarantees
/// - Whether a conversation exists is told only to who may read its transcript.
/// - One request holds one page; more than ``most`` at once are told to come again.
package struct TranscriptRoute: EndpointRoute {
    /// Instead of the API server's own headers, which it takes for itself, through its proxy.
    private static let headers = RemoteTranscriptReader.callerHeaders
    /// How many requests are answered at the same time. A page, with the Secret that it is from, takes some MiB.
    static let most = 4

    let api: any KubeAPI
    let conversations: Informer
    let pages: any TranscriptPages
    let callers: CallerReview
    let logger: Logger
    private let running = RunningCount()

    package init(
        api: any KubeAPI, conversations: Informer, pages: any TranscriptPages, callers: CallerReview, logger: Logger
    ) {
        self.api = api
        self.conversations = conversations
        self.pages = pages
        self.callers = callers
        self.logger = logger
    }

    package func answer(_ request: EndpointRequest) async -> EndpointResponse? {
        let path = request.path
        guard path.count == 6, path[0] == "v1", path[1] == "namespaces", path[3] == "conversations",
            path[5] == "transcript"
        else { return nil }
        guard request.method == "GET" else {
            return EndpointResponse(
                APIStatus(code: 405, reason: .methodNotAllowed, message: "a transcript can only be read"))
        }
        guard running.begin(upTo: Self.most) else {
            return EndpointResponse(
                APIStatus(
                    code: 429, reason: .tooManyRequests, message: "too many transcripts are read at the moment",
                    retryAfterSeconds: 1))
        }
        defer { running.end() }
        do {
            return try await read(ObjectKey(namespace: path[2], name: path[4]), for: request)
        } catch {
            return EndpointResponse(status(of: error, request))
        }
    }

    private func read(_ key: ObjectKey, for request: EndpointRequest) async throws -> EndpointResponse {
        guard let number = Int(request.query["page"] ?? "0"), (0...1_000_000).contains(number) else {
            throw APIStatus(code: 400, reason: .badRequest, message: "page is a number from 0")
        }
        let caller = try await caller(of: request)
        let access = ResourceAccess(
            verb: "get", group: SkyfloGroup.name, version: SkyfloGroup.version, resource: "conversations",
            subresource: "transcript", namespace: key.namespace, name: key.name)
        guard try await callers.allows(access, caller: caller) else {
            throw CallerRefused.forbidden(
                "\(caller.name) may not get the transcript of conversation \(key) (conversations/transcript)")
        }
        guard let conversation = try await conversation(key) else {
            throw APIStatus(
                code: 404, reason: .notFound, message: "conversations.skyflo.ai \"\(key.name)\" not found",
                name: key.name)
        }
        guard let page = try await pages.page(number, of: conversation) else {
            throw APIStatus(
                code: 404, reason: .notFound, message: "the transcript has no page \(number)", name: key.name)
        }
        return EndpointResponse(TranscriptPageRecord(uid: conversation.uid, number: number, page: page).json)
    }

    private func caller(of request: EndpointRequest) async throws -> Caller {
        let bearer = request.header("Authorization").flatMap { value in
            value.lowercased().hasPrefix("bearer ") ? String(value.dropFirst("bearer ".count)) : nil
        }
        guard let token = request.header(Self.headers.token) ?? bearer else {
            throw CallerRefused.unauthenticated(
                "no token was sent: it goes into the header \(Self.headers.token). Who has a client certificate only can have one "
                    + "of a ServiceAccount made: kubectl create token NAME -n NAMESPACE")
        }
        return try await callers.effective(
            try await callers.caller(token: token),
            user: request.header(CallerReview.userHeader) ?? request.header(Self.headers.user),
            groups: request.headers(CallerReview.groupHeader) + request.headers(Self.headers.group))
    }

    private func conversation(_ key: ObjectKey) async throws -> Conversation? {
        if let known = conversations.get(key) { return Conversation(known) }
        return try await api.find(.conversations, namespace: key.namespace, name: key.name).map { Conversation($0) }
    }

    private func status(of error: any Error, _ request: EndpointRequest) -> APIStatus {
        switch error {
        case CallerRefused.unauthenticated(let message):
            return APIStatus(code: 401, reason: .unauthorized, message: message)
        case CallerRefused.forbidden(let message): return APIStatus(code: 403, reason: .forbidden, message: message)
        case let status as APIStatus where status.isNotFound || status.code == 400: return status
        case let failure as TranscriptChain.Failure:
            return APIStatus(code: 500, reason: .internalError, message: failure.description)
        default:
            // What the API server says to the operator isn't for whoever asks.
            logger.warning(
                "a transcript can't be read",
                metadata: ["path": "\(request.path.joined(separator: "/"))", "error": "\(error)"])
            return APIStatus(
                code: 503, reason: .serviceUnavailable, message: "the transcript can't be read at the moment",
                retryAfterSeconds: 2)
        }
    }
}

/// How much of something goes on.
private final class RunningCount: Sendable {
    private let count = Mutex(0)

    func begin(upTo most: Int) -> Bool {
        count.withLock { count in
            guard count < most else { return false }
            count += 1
            return true
        }
    }

    func end() { count.withLock { $0 -= 1 } }
}
