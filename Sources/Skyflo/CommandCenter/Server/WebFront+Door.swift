import Hummingbird

/// Signing in and out, and how pages look.
extension WebFront {
    func door(_ web: WebRequest, status: Int = 200, error: String? = nil, goBack: String? = nil) -> WebResponse {
        let value = web.cookie(transport.doorCookie).flatMap { $0.utf8.count == 64 ? $0 : nil } ?? Secrecy.randomText()
        let goBack = goBack ?? (try? web.query())?[FormField.goBack]
        let page = SignInPage(
            cluster: clusterName, formKey: Secrecy.formKey(of: value), theme: theme(of: web), error: error,
            goBack: goBack.flatMap { Link(returningTo: $0) })
        return WebResponse(.init(code: status), html: page.html).setting(
            cookie: cookie(transport.doorCookie, value: value, sameSite: .strict))
    }

    func doorKey(of web: WebRequest) -> String? { web.cookie(transport.doorCookie).map(Secrecy.formKey) }

    func signIn(_ web: WebRequest) async throws -> WebResponse {
        guard limiter.allows(web.address) else {
            return door(
                web, status: 429, error: "Too many attempts from your address. Wait some seconds, and try again."
            ).with(.retryAfter, value: "5")
        }
        let form: [String: String]
        do {
            form = try await self.form(web, key: doorKey(of: web))
        } catch is FormRefusal {
            return door(web, status: 403, error: "The page was too old. Nothing was sent to the cluster; try again.")
        }
        do {
            let value = try await sessions.open(token: form["token"] ?? "")
            // Another session's cookie must not outlive this one's sign-in.
            await sessions.end(web.cookie(transport.sessionCookie))
            let place = form[FormField.goBack].flatMap { Link(returningTo: $0) } ?? Route.conversations.link
            return WebResponse(seeOther: place).setting(
                cookie: cookie(transport.sessionCookie, value: value, sameSite: .lax))
        } catch let refusal as WebSessions.Refusal {
            return door(web, status: refusal.status, error: refusal.message, goBack: form[FormField.goBack])
        }
    }

    func signedOut() -> WebResponse {
        WebResponse(seeOther: Route.signIn.link).setting(
            cookie: cookie(transport.sessionCookie, value: "", sameSite: .lax, maxAge: 0))
    }

    func setTheme(_ web: WebRequest, formKey: String?) async throws -> WebResponse {
        let form = try await self.form(web, key: formKey)
        guard let theme = form["theme"].flatMap(Theme.init) else {
            throw BadInput("there is no theme \"\(form["theme"] ?? "")\"")
        }
        let place = form[FormField.goBack].flatMap { Link(returningTo: $0) } ?? Route.conversations.link
        return WebResponse(seeOther: place).setting(
            cookie: cookie(transport.themeCookie, value: theme.rawValue, sameSite: .lax, maxAge: 31_536_000))
    }

    private func cookie(
        _ name: String, value: String, sameSite: Cookie.SameSite, maxAge: Int? = nil
    ) -> Cookie {
        Cookie(
            name: name, value: value, maxAge: maxAge, path: "/", secure: transport.isSecure, httpOnly: true,
            sameSite: sameSite)
    }
}
