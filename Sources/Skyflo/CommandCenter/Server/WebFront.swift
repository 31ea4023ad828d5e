import ConversationAccess
import HTTPTypes
import Hummingbird
import KubeClient
import KubeModel
import LiveServer
import Logging
import NIOCore
import SignIn
import SkyfloAPI

/// Answers each request: where it goes, who sent it, and then what that person's rights allow.
struct WebFront: HTTPResponder {
    typealias Context = ChannelRequestContext

    let sessions: WebSessions
    let limiter: SignInLimiter
    let requests: RequestLimiter
    let streams: StreamLimits
    let transport: WebResponse.Transport
    let trustedProxies: TrustedProxies
    let clusterName: String
    /// Where people reach the pages, where that is known.
    let externalURL: String?
    /// Where the right to manage accounts is asked for.
    let stateNamespace: String
    /// Where the operator is asked for transcripts.
    let operatorNamespace: String
    let isReady: @Sendable () async -> Bool
    let now: @Sendable () -> KubeTime
    let logger: Logger

    func respond(to request: Request, context: ChannelRequestContext) async throws -> Response {
        let web = WebRequest(request, on: context.channel, proxies: trustedProxies)
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
        var known = web
        do {
            if let answer = try await arrive(&known, at: route, method: method) { return answer }
            return try await method == .post
                ? post(known, to: route) : get(known, at: route, on: channel)
        } catch let error as CancellationError {
            throw error
        } catch {
            return await failure(error, of: known, at: route)
        }
    }

    /// Finds out whose request it is, where that matters.
    /// - Returns: an answer where the request goes no further.
    private func arrive(_ web: inout WebRequest, at route: Route, method: Route.Method) async throws -> WebResponse? {
        if case .healthz = route { return nil }
        if case .readyz = route { return nil }
        guard requests.allows(address: web.address) else { return tooMany(web) }
        guard !route.isOpen else { return nil }
        switch try await sessions.visitor(
            access: web.cookie(transport.accessCookie), session: web.cookie(transport.sessionCookie))
        {
        case .session(let session):
            guard requests.allows(person: session.user) else { return tooMany(web) }
            web.session = session
            return nil
        case .expired: return goOn(web, method: method)
        case .stranger: return nil
        }
    }

    private func tooMany(_ web: WebRequest) -> WebResponse {
        problem(web, status: .tooManyRequests, title: "Too many requests", text: "Wait some seconds, and try again.")
            .with(.retryAfter, value: "5")
    }

    // MARK: Who

    func theme(of web: WebRequest) -> Theme { web.cookie(transport.themeCookie).flatMap(Theme.init) ?? .system }

    func frame(of visit: Visit, at route: Route) -> Frame {
        Frame(
            user: visit.session.user, formKey: visit.session.formKey, theme: theme(of: visit.web), cluster: clusterName,
            route: route,
            path: visit.web.request.head.path ?? "/",
            hasTeam: visit.session.signedIn?.account?.roles.contains(.admin) == true, note: visit.session.takeNote())
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
        case .signIn: return try await door(web)
        case .provider: return try await toProvider(web)
        case .providerAnswer: return try await fromProvider(web)
        case .refresh: return try await refresh(web, method: .get)
        case .setUp: return try await setUp(web)
        case .join: return try await join(web)
        default: break
        }
        guard let session = web.session else {
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
        case .account: return try await account(in: visit)
        case .team: return try await team(in: visit)
        default: return problem(web, status: .notFound, title: "There is nothing here")
        }
    }

    private func post(_ web: WebRequest, to route: Route) async throws -> WebResponse {
        guard !web.isFromElsewhere else {
            return problem(
                web, status: .forbidden, title: "This form was sent by another site", text: "Nothing was done.")
        }
        switch route {
        case .signIn: return try await signIn(web)
        case .refresh: return try await refresh(web, method: .post)
        case .setUp: return try await sendSetUp(web)
        case .join: return try await sendJoin(web)
        default: break
        }
        guard let session = web.session else {
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
            try await end(web)
            return signedOut()
        case .new: return try await ask(form, in: visit)
        case .part(let part, let key): return try await change(key, part: part, form: form, in: visit)
        case .password: return try await changePassword(form, in: visit)
        case .sessions: return try await endSessions(in: visit)
        case .team: return try await addMember(form, in: visit)
        case .member(let change, let name): return try await self.change(change, of: name, form: form, in: visit)
        default: return problem(web, status: .notFound, title: "There is nothing here")
        }
    }

    private func end(_ web: WebRequest) async throws {
        try await sessions.end(
            access: web.cookie(transport.accessCookie), session: web.cookie(transport.sessionCookie))
    }

    /// - Throws: ``BadInput``; ``FormRefusal`` for one that isn't from a page of this session.
    func form(_ web: WebRequest, key: String?) async throws -> [String: String] {
        let form = try await web.form()
        guard let key, let sent = form[FormField.key], isEqualInConstantTime(sent, to: key) else { throw FormRefusal() }
        return form
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
