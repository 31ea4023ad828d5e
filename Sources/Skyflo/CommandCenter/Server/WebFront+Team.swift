import Hummingbird
import KubeClient
import KubeModel
import Logging
import SignIn
import SkyfloAPI

/// What those do who manage the local accounts: whoever has the verb `manage` on `accounts.skyflo.ai` in the server's namespace.
/// No such resource is served; it is a name for a permission, which a Role gives.
extension WebFront {
    /// - Throws: `APIStatus` 403.
    private func accounts(for visit: Visit) async throws -> LocalAccounts {
        guard let accounts = sessions.service?.accounts else {
            throw APIStatus(code: 404, reason: .notFound, message: "there are no local accounts here")
        }
        let access = ResourceAccess(
            verb: "manage", group: SkyfloGroup.name, version: SkyfloGroup.version, resource: "accounts",
            namespace: stateNamespace)
        guard try await AccessReview.allows(access, api: visit.session.api) else {
            throw APIStatus(
                code: 403, reason: .forbidden,
                message: "managing accounts takes the verb manage on accounts.\(SkyfloGroup.name) in the namespace "
                    + stateNamespace)
        }
        return accounts
    }

    func team(in visit: Visit) async throws -> WebResponse {
        try await team(of: try await accounts(for: visit), in: visit)
    }

    private func team(
        of accounts: LocalAccounts, in visit: Visit, status: Int = 200, problem: String? = nil,
        link: TeamPage.Handed? = nil
    ) async throws -> WebResponse {
        var frame = frame(of: visit, at: .team)
        frame.path = Route.team.link.text
        let page = TeamPage(
            frame: frame, accounts: try await accounts.all(), user: visit.session.user, problem: problem, link: link)
        return WebResponse(.init(code: status), html: page.html)
    }

    func addMember(_ form: [String: String], in visit: Visit) async throws -> WebResponse {
        let accounts = try await accounts(for: visit)
        let name = form["name"] ?? ""
        do {
            let code = try await accounts.add(name, roles: Self.roles(in: form), by: visit.session.user)
            told("a local account was added", name: name, in: visit)
            return try await team(of: accounts, in: visit, link: handed(code, for: name, web: visit.web))
        } catch let refusal as SignInRefusal {
            return try await team(of: accounts, in: visit, status: refusal.kind.rawValue, problem: refusal.message)
        }
    }

    func change(
        _ change: Route.MemberChange, of name: String, form: [String: String], in visit: Visit
    ) async throws -> WebResponse {
        let accounts = try await accounts(for: visit)
        do {
            switch change {
            case .roles:
                try await accounts.setRoles(of: name, to: Self.roles(in: form))
                visit.session.leave(Note(kind: .done, text: "\(name) has other roles from now on."))
            case .reactivate:
                try await accounts.reactivate(name)
                visit.session.leave(Note(kind: .done, text: "\(name) may sign in again."))
            case .deactivate:
                try await accounts.deactivate(name)
                try await removeSessions(of: name)
                visit.session.leave(Note(kind: .done, text: "\(name) was deactivated; all sessions ended."))
            case .reset:
                let code = try await accounts.reset(name)
                try await removeSessions(of: name)
                told("a local account was reset", name: name, in: visit)
                return try await team(of: accounts, in: visit, link: handed(code, for: name, web: visit.web))
            }
        } catch let refusal as SignInRefusal {
            return try await team(of: accounts, in: visit, status: refusal.kind.rawValue, problem: refusal.message)
        }
        told("a local account was changed", name: name, in: visit)
        return WebResponse(seeOther: Route.team.link)
    }

    private func removeSessions(of name: String) async throws {
        try await sessions.service?.removeSessions(of: name)
        await sessions.forget("skyflo:\(name)")
    }

    private func told(_ what: Logger.Message, name: String, in visit: Visit) {
        logger.notice(what, metadata: ["account": "\(name)", "by": "\(visit.session.user)"])
    }

    /// One field a role: what else a form has counts for nothing.
    private static func roles(in form: [String: String]) -> Set<AccountRole> {
        Set(AccountRole.allCases.filter { form["role-\($0.rawValue)"] == "yes" })
    }

    private func handed(_ code: String, for name: String, web: WebRequest) -> TeamPage.Handed {
        let scheme = transport.isSecure ? "https" : "http"
        let origin = externalURL ?? "\(scheme)://\(web.request.head.authority ?? "")"
        return TeamPage.Handed(
            name: name, url: origin + Route.join.link(query: [("name", name), ("code", code)]).text)
    }
}
