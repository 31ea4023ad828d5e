import Hummingbird
import SignIn

/// Signing in and out, and how pages look.
extension WebFront {
    /// The page to sign in on.
    func door(
        _ web: WebRequest, status: Int = 200, error: String? = nil, notice: String? = nil, goBack: String? = nil
    ) async throws -> WebResponse {
        let value = doorValue(of: web)
        let goBack = goBack ?? (try? web.query())?[FormField.goBack]
        let service = sessions.service
        let page = SignInPage(
            cluster: clusterName, formKey: Secrecy.formKey(of: value), theme: theme(of: web), error: error,
            notice: notice, goBack: goBack.flatMap { Link(returningTo: $0) },
            provider: service?.provider?.settings.title, hasAccounts: service?.accounts != nil,
            needsSetUp: await needsSetUp())
        return opened(WebResponse(.init(code: status), html: page.html), value: value)
    }

    /// Who comes another way gets in, also where the Secrets of accounts can't be read.
    private func needsSetUp() async -> Bool { (try? await sessions.service?.accounts?.mayNeedSetUp()) == true }

    private func doorValue(of web: WebRequest) -> String {
        web.cookie(transport.doorCookie).flatMap { $0.utf8.count == 64 ? $0 : nil } ?? Secrecy.randomText()
    }

    private func opened(_ response: WebResponse, value: String) -> WebResponse {
        response.setting(cookie: cookie(transport.doorCookie, value: value, sameSite: .strict))
    }

    /// A page for who isn't signed in, with a form.
    func doorPage(_ web: WebRequest, status: Int = 200, page: (_ formKey: String) -> HTML) -> WebResponse {
        let value = doorValue(of: web)
        return opened(WebResponse(.init(code: status), html: page(Secrecy.formKey(of: value))), value: value)
    }

    func doorKey(of web: WebRequest) -> String? { web.cookie(transport.doorCookie).map(Secrecy.formKey) }

    static let patience = "Too many attempts from your address. Wait some seconds, and try again."
    static let oldPage = "The page was too old. Nothing was sent to the cluster; try again."

    func signIn(_ web: WebRequest) async throws -> WebResponse {
        guard limiter.allows(web.address) else {
            return try await door(web, status: 429, error: Self.patience).with(.retryAfter, value: "5")
        }
        let form: [String: String]
        do {
            form = try await self.form(web, key: doorKey(of: web))
        } catch is FormRefusal {
            return try await door(web, status: 403, error: Self.oldPage)
        }
        do {
            let cookies = try await signIn(form, web: web)
            // Another session must not outlive this sign-in.
            try await sessions.end(
                access: web.cookie(transport.accessCookie), session: web.cookie(transport.sessionCookie))
            let place = form[FormField.goBack].flatMap { Link(returningTo: $0) } ?? Route.conversations.link
            return WebResponse(seeOther: place).setting(cookies: noCookies + cookies)
        } catch let refusal as TokenSessions.Refusal {
            return try await door(web, status: refusal.status, error: refusal.message, goBack: form[FormField.goBack])
        } catch let refusal as SignInRefusal {
            return try await door(
                web, status: refusal.kind.rawValue, error: refusal.message, goBack: form[FormField.goBack])
        }
    }

    private func signIn(_ form: [String: String], web: WebRequest) async throws -> [Cookie] {
        guard let name = form["name"] else {
            let value = try await sessions.tokens.open(token: form["token"] ?? "")
            return [cookie(transport.sessionCookie, value: value, sameSite: .lax)]
        }
        guard let service = sessions.service, service.accounts != nil else {
            throw SignInRefusal(.forbidden, "There are no local accounts here.")
        }
        guard limiter.allows(name: name) else {
            throw SignInRefusal(.tooMany, "Too many attempts with that name. Wait a minute, and try again.")
        }
        let tokens = try await service.signIn(name: name, password: form["password"] ?? "", agent: web.agent)
        limiter.forgive(name: name)
        return cookies(of: tokens)
    }

    func signedOut() -> WebResponse { WebResponse(seeOther: Route.signIn.link).setting(cookies: noCookies) }

    func setTheme(_ web: WebRequest, formKey: String?) async throws -> WebResponse {
        let form = try await self.form(web, key: formKey)
        guard let theme = form["theme"].flatMap(Theme.init) else {
            throw BadInput("there is no theme \"\(form["theme"] ?? "")\"")
        }
        let place = form[FormField.goBack].flatMap { Link(returningTo: $0) } ?? Route.conversations.link
        return WebResponse(seeOther: place).setting(
            cookie: cookie(transport.themeCookie, value: theme.rawValue, sameSite: .lax, maxAge: 31_536_000))
    }

    // MARK: A provider

    func toProvider(_ web: WebRequest) async throws -> WebResponse {
        guard let provider = sessions.service?.provider else {
            return problem(web, status: .notFound, title: "There is nothing here")
        }
        let goBack = try web.query()[FormField.goBack].flatMap { Link(returningTo: $0) }?.text
        do {
            let beginning = try await provider.begin(goBack: goBack)
            return WebResponse(provider: beginning.url).setting(
                cookie: cookie(
                    transport.providerCookie, value: beginning.sealed, sameSite: .lax,
                    maxAge: ProviderSignIn.Beginning.lifetime))
        } catch let refusal as SignInRefusal {
            return try await door(web, status: refusal.kind.rawValue, error: refusal.message, goBack: goBack)
        }
    }

    func fromProvider(_ web: WebRequest) async throws -> WebResponse {
        guard let service = sessions.service, service.provider != nil else {
            return problem(web, status: .notFound, title: "There is nothing here")
        }
        // Whatever comes of it, what was kept for it is used up.
        let used = cookie(transport.providerCookie, value: "", sameSite: .lax, maxAge: 0)
        guard limiter.allows(web.address) else {
            return try await door(web, status: 429, error: Self.patience).with(.retryAfter, value: "5")
        }
        do {
            let tokens = try await service.finish(
                try web.query(), sealed: web.cookie(transport.providerCookie), agent: web.agent)
            try await sessions.end(
                access: web.cookie(transport.accessCookie), session: web.cookie(transport.sessionCookie))
            let place = tokens.goBack.flatMap { Link(returningTo: $0) } ?? Route.conversations.link
            return WebResponse(seeOther: place).setting(cookies: noCookies + cookies(of: tokens) + [used])
        } catch let refusal as SignInRefusal {
            return try await door(web, status: refusal.kind.rawValue, error: refusal.message).setting(cookie: used)
        }
    }
}
