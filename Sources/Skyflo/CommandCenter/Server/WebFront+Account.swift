import Hummingbird
import KubeModel
import SignIn

/// What somebody does with their own account, and coming to have one.
extension WebFront {
    func account(
        in visit: Visit, status: Int = 200, problem: String? = nil
    ) async throws -> WebResponse {
        let session = visit.session
        var stored: [SessionRecord] = []
        if let person = session.signedIn, let service = sessions.service {
            stored = try await service.sessions(of: person)
        }
        let page = AccountPage(
            frame: frame(of: visit, at: .account), user: session.user, person: session.signedIn, sessions: stored,
            problem: problem)
        return WebResponse(.init(code: status), html: page.html)
    }

    func changePassword(_ form: [String: String], in visit: Visit) async throws -> WebResponse {
        guard let service = sessions.service, let person = visit.session.signedIn, person.account != nil else {
            throw SignInRefusal(.forbidden, "You have no local account, and so no password here.")
        }
        // Whoever finds a browser open guesses the password no faster than at the door.
        guard limiter.allows(session: person.session.id) else {
            return try await self.account(in: visit, status: 429, problem: Self.patience)
        }
        do {
            try await service.changePassword(of: person, from: form["password"] ?? "", to: form["new"] ?? "")
        } catch let refusal as SignInRefusal {
            return try await self.account(in: visit, status: refusal.kind.rawValue, problem: refusal.message)
        }
        await sessions.forget(person.identity.user)
        return try await door(
            visit.web, notice: "Your password was changed, and all your sessions ended. Sign in with the new one."
        ).setting(cookies: noCookies)
    }

    func endSessions(in visit: Visit) async throws -> WebResponse {
        try await sessions.endAll(of: visit.session)
        return signedOut()
    }

    // MARK: The first admin

    func setUp(_ web: WebRequest) async throws -> WebResponse {
        guard try await sessions.service?.accounts?.needSetUp() == true else {
            return problem(web, status: .notFound, title: "There is nothing here")
        }
        return doorPage(web) { SetUpPage(cluster: clusterName, formKey: $0, theme: theme(of: web)).html }
    }

    func sendSetUp(_ web: WebRequest) async throws -> WebResponse {
        guard let accounts = sessions.service?.accounts else {
            return problem(web, status: .notFound, title: "There is nothing here")
        }
        func refuse(_ status: Int, _ error: String, name: String = "") -> WebResponse {
            doorPage(web, status: status) {
                SetUpPage(cluster: clusterName, formKey: $0, theme: theme(of: web), error: error, name: name).html
            }
        }
        guard limiter.allows(web.address) else { return refuse(429, Self.patience).with(.retryAfter, value: "5") }
        do {
            let form = try await form(web, key: doorKey(of: web))
            do {
                try await accounts.setUp(
                    code: form["code"] ?? "", name: form["name"] ?? "", password: form["new"] ?? "")
            } catch let refusal as SignInRefusal {
                return refuse(refusal.kind.rawValue, refusal.message, name: form["name"] ?? "")
            }
        } catch is FormRefusal {
            return refuse(403, Self.oldPage)
        }
        return try await door(web, notice: "The first admin was made. Sign in.")
    }

    // MARK: One-time links

    func join(_ web: WebRequest) async throws -> WebResponse {
        let query = try web.query()
        guard limiter.allows(web.address) else {
            return try await door(web, status: 429, error: Self.patience).with(.retryAfter, value: "5")
        }
        guard let accounts = sessions.service?.accounts, let name = query["name"], let code = query["code"],
            try await accounts.counts(code, for: name)
        else { return voidLink(web) }
        return doorPage(web) {
            JoinPage(cluster: clusterName, formKey: $0, theme: theme(of: web), name: name, code: code).html
        }
    }

    private func voidLink(_ web: WebRequest) -> WebResponse {
        problem(
            web, status: .forbidden, title: "This link doesn't count any more",
            text: "It was used, has expired, or was replaced. Ask for another.")
    }

    func sendJoin(_ web: WebRequest) async throws -> WebResponse {
        guard limiter.allows(web.address) else {
            return try await door(web, status: 429, error: Self.patience).with(.retryAfter, value: "5")
        }
        let form: [String: String]
        do {
            form = try await self.form(web, key: doorKey(of: web))
        } catch is FormRefusal {
            return problem(web, status: .forbidden, title: Self.oldPage, text: "Open the link again.")
        }
        guard let accounts = sessions.service?.accounts, let name = form["name"], let code = form["code"] else {
            return voidLink(web)
        }
        do {
            try await accounts.accept(code, name: name, password: form["new"] ?? "")
        } catch let refusal as SignInRefusal where refusal.kind == .invalid || refusal.kind == .tooMany {
            return doorPage(web, status: refusal.kind.rawValue) {
                JoinPage(
                    cluster: clusterName, formKey: $0, theme: theme(of: web), name: name, code: code,
                    error: refusal.message
                ).html
            }
        } catch let refusal as SignInRefusal where refusal.kind == .forbidden {
            return voidLink(web)
        }
        return try await door(web, notice: "Your password is set. Sign in as \(name).")
    }
}
