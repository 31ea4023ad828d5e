import HTTPTypes
import Hummingbird
import SignIn

/// Going on with a session whose access token is over, by its refresh token. That is sent to one place only, so that requests
/// make a detour over it; what was posted comes along.
extension WebFront {
    private enum Field {
        static let again = "again"
    }

    /// To the place that gets the refresh token, and back here.
    func goOn(_ web: WebRequest, method: Route.Method) -> WebResponse {
        let link = Route.refresh.link(query: [(FormField.goBack, web.request.head.path ?? "/")])
        return method == .post ? WebResponse(sameRequestAt: link) : WebResponse(seeOther: link)
    }

    func refresh(_ web: WebRequest, method: Route.Method) async throws -> WebResponse {
        let query = try web.query()
        let place = query[FormField.goBack].flatMap { Link(returningTo: $0) } ?? Route.conversations.link
        guard let text = web.cookie(transport.refreshCookie) else {
            // Whoever follows a link of another site doesn't send it; whoever comes from here does.
            if method == .get, query[Field.again] == nil { return again(web, place: place) }
            return over(web, place: place, method: method)
        }
        guard
            let tokens = try await sessions.service?.refresh(
                text, shownWith: web.cookie(transport.accessCookie))
        else {
            return over(web, place: place, method: method)
        }
        let answer = method == .post ? WebResponse(sameRequestAt: place) : WebResponse(seeOther: place)
        return answer.setting(cookies: cookies(of: tokens))
    }

    private func again(_ web: WebRequest, place: Link) -> WebResponse {
        let link = Route.refresh.link(query: [(FormField.goBack, place.text), (Field.again, "1")])
        let page = ContinuePage(theme: theme(of: web), link: link)
        let response = WebResponse(.ok, html: page.html)
        guard let name = HTTPField.Name("Refresh") else { return response }
        return response.with(name, value: "0; url=\(link.text)")
    }

    private func over(_ web: WebRequest, place: Link, method: Route.Method) -> WebResponse {
        let answer =
            method == .post
            ? problem(
                web, status: .unauthorized, title: "You are not signed in any more",
                text: "Nothing was done. Sign in, and send it again.")
            : WebResponse(seeOther: Route.signIn.link(query: [(FormField.goBack, place.text)]))
        return answer.setting(cookies: noCookies)
    }

    // MARK: Cookies

    /// Of a session that began, or goes on.
    func cookies(of tokens: SignInService.Tokens) -> [Cookie] {
        // Longer than the token counts: what is over says that there may be a session to go on with.
        let access = cookie(
            transport.accessCookie, value: tokens.access, sameSite: .lax, maxAge: tokens.lifetime)
        guard let refresh = tokens.refresh else { return [access] }
        return [access, refreshCookie(refresh, maxAge: tokens.lifetime)]
    }

    /// Whatever a browser has of any session goes.
    var noCookies: [Cookie] {
        [
            cookie(transport.sessionCookie, value: "", sameSite: .lax, maxAge: 0),
            cookie(transport.accessCookie, value: "", sameSite: .lax, maxAge: 0), refreshCookie("", maxAge: 0),
        ]
    }

    private func refreshCookie(_ value: String, maxAge: Int) -> Cookie {
        Cookie(
            name: transport.refreshCookie, value: value, maxAge: maxAge, path: Route.refresh.link.text,
            secure: transport.isSecure, httpOnly: true, sameSite: .strict)
    }

    func cookie(_ name: String, value: String, sameSite: Cookie.SameSite, maxAge: Int? = nil) -> Cookie {
        Cookie(
            name: name, value: value, maxAge: maxAge, path: "/", secure: transport.isSecure, httpOnly: true,
            sameSite: sameSite)
    }
}
