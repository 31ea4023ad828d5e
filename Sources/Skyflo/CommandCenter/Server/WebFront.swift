import ConversationAccess
import HTTPTypes
import Hummingbird
import KubeClient
import KubeModel
import LiveServer
import Logging
import NIOCore
import SkyfloAPI

/// Answers each request: where it goes, who sent it, and then what that person's rights allow.
struct WebFront: HTTPResponder {
    typealias Context = ChannelRequestContext

    let sessions: WebSessions
    let limiter: SignInLimiter
    let streams: StreamLimits
    let transport: WebResponse.Transport
    let trustedProxies: Set<String>
    let clusterName: String
    let isReady: @Sendable () async -> Bool
    let now: @Sendable () -> KubeTime
    let logger: Logger

    func respond(to request: Request, context: ChannelRequestContext) async throws -> Response {
        let web = WebRequest(request, on: context.channel, trustedProxies: trustedProxies)
        let response = try await answer(web, on: context.channel).finished(transport)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(_ web: WebRequest, on channel: any Channel) async throws -> WebResponse {
        guard let route = Route(path: web.request.uri.path) else {
            return problem(web, status: .notFound, title: "There is nothing here")
        }
        let isHead = web.request.method == .head
        guard let method = Route.Method(rawValue: isHead ? "GET" : web.request.method.rawValue),
            route.methods.contains(method)
        else {
            return WebResponse(
                .methodNotAllowed, text: "this place takes \(route.methods.map(\.rawValue).joined(separator: " and "))"
            )
            .with(.allow, value: route.methods.map(\.rawValue).joined(separator: ", "))
        }
        do {
            return try await method == .post
                ? post(web, to: route) : get(web, at: route, on: channel)
        } catch let error as CancellationError {
            throw error
        } catch {
            return await failure(error, of: web, at: route)
        }
    }

    // MARK: Who

    func session(of web: WebRequest) -> WebSession? { sessions.find(web.cookie(transport.sessionCookie)) }

    func theme(of web: WebRequest) -> Theme { web.cookie(transport.themeCookie).flatMap(Theme.init) ?? .system }

    func frame(of visit: Visit, at route: Route) -> Frame {
        Frame(
            user: visit.session.user, formKey: visit.session.formKey, theme: theme(of: visit.web), cluster: clusterName,
            route: route,
            path: visit.web.request.head.path ?? "/", note: visit.session.takeNote())
    }

    private func get(_ web: WebRequest, at route: Route, on channel: any Channel) async throws -> WebResponse {
        switch route {
        case .healthz: return WebResponse(.ok, text: "ok")
        case .readyz:
            return await isReady()
                ? WebResponse(.ok, text: "ok")
                : WebResponse(.serviceUnavailable, text: "the API server is out of reach")
        case .asset(let name):
            guard let asset = WebAsset.all.first(where: { $0.name == name }) else {
                return WebResponse(.notFound, text: "there is no such file")
            }
            return WebResponse(asset: asset)
        case .home: return WebResponse(seeOther: Route.conversations.link)
        case .signIn: return door(web)
        default: break
        }
        guard let session = session(of: web) else {
            if case .part = route { return WebResponse(.unauthorized, text: "sign in first") }
            return WebResponse(
                seeOther: Route.signIn.link(query: [("return", web.request.head.path ?? "/")]))
        }
        let visit = Visit(web: web, session: session)
        switch route {
        case .conversations: return try await conversations(in: visit)
        case .waiting: return try await waiting(in: visit)
        case .new: return try await newConversation(in: visit)
        case .conversation(let key): return try await conversation(key, in: visit)
        case .part(_, let key): return try await events(of: key, in: visit, on: channel)
        default: return problem(web, status: .notFound, title: "There is nothing here")
        }
    }

    private func post(_ web: WebRequest, to route: Route) async throws -> WebResponse {
        guard !web.isFromElsewhere else {
            return problem(
                web, status: .forbidden, title: "This form was sent by another site", text: "Nothing was done.")
        }
        if route == .signIn { return try await signIn(web) }
        guard let session = session(of: web) else {
            if route == .signOut { return signedOut() }
            if route == .theme { return try await setTheme(web, formKey: doorKey(of: web)) }
            return problem(
                web, status: .unauthorized, title: "You are not signed in any more",
                text: "Nothing was done. Sign in, and send it again.")
        }
        if route == .theme { return try await setTheme(web, formKey: session.formKey) }
        let form = try await form(web, key: session.formKey)
        let visit = Visit(web: web, session: session)
        switch route {
        case .signOut:
            await sessions.end(web.cookie(transport.sessionCookie))
            return signedOut()
        case .new: return try await ask(form, in: visit)
        case .part(let part, let key): return try await change(key, part: part, form: form, in: visit)
        default: return problem(web, status: .notFound, title: "There is nothing here")
        }
    }

    /// - Throws: ``BadInput``; ``FormRefusal`` for one that isn't from a page of this session.
    func form(_ web: WebRequest, key: String?) async throws -> [String: String] {
        let form = try await web.form()
        guard let key, let sent = form[FormField.key], isEqualInConstantTime(sent, to: key) else { throw FormRefusal() }
        return form
    }

    // MARK: What went wrong

    func problem(
        _ web: WebRequest, status: HTTPResponse.Status, title: String, text: String = ""
    ) -> WebResponse {
        WebResponse(
            status,
            html: ProblemPage(title: title, text: text, theme: theme(of: web), isSignedIn: session(of: web) != nil).html
        )
    }

    private func failure(_ error: any Error, of web: WebRequest, at route: Route) async -> WebResponse {
        switch error {
        case let input as BadInput:
            return problem(web, status: .badRequest, title: "That can't be done as it stands", text: "\(input).")
        case is FormRefusal:
            return problem(
                web, status: .forbidden, title: "This form is from an earlier session",
                text: "Nothing was done. Go back, reload the page, and send it again.")
        case let status as APIStatus where status.code == 401:
            await sessions.end(web.cookie(transport.sessionCookie))
            if web.request.method == .get, case .part = route {
                return WebResponse(.unauthorized, text: "the cluster doesn't take your token any more")
            }
            return problem(
                web, status: .unauthorized, title: "The cluster doesn't take your token any more",
                text: "It has expired, or was revoked. Nothing was done. Sign in again.")
        case let status as APIStatus:
            return problem(web, status: Self.status(of: status), title: Self.title(of: status), text: "\(status)")
        case let refusal as ConversationAccessError:
            return problem(
                web, status: refusal.kind == .changed ? .conflict : .badGateway, title: "Nothing was done",
                text: "\(refusal).")
        case let error as KubeClientError:
            if session(of: web) == nil { return WebResponse(seeOther: Route.signIn.link) }
            return problem(
                web, status: .badGateway, title: "The cluster can't be reached",
                text: "\(error). Try again in a moment.")
        default:
            logger.error("a request failed", metadata: ["error": "\(type(of: error))"])
            return problem(web, status: .internalServerError, title: "That failed", text: "Try again in a moment.")
        }
    }

    private static func status(of status: APIStatus) -> HTTPResponse.Status {
        [400, 403, 404, 409, 422, 429].contains(status.code) ? .init(code: status.code) : .badGateway
    }

    private static func title(of status: APIStatus) -> String {
        switch status.code {
        case 403: "You may not do that"
        case 404: "That doesn't exist"
        case 409, 422, 400: "The cluster refused it"
        case 429: "The cluster is too busy"
        default: "The cluster could not do it"
        }
    }
}

/// A request of somebody who is signed in.
struct Visit {
    let web: WebRequest
    let session: WebSession
}

/// A form without the key of the session that it claims to be from.
struct FormRefusal: Error {}

/// Names of fields that several forms have.
enum FormField {
    static let key = "form"
    static let goBack = "return"
}
