import ConversationAccess
import Hummingbird
import KubeClient
import KubeModel
import Logging
import SignIn

/// What went wrong, for people.
extension WebFront {
    func problem(
        _ web: WebRequest, status: HTTPResponse.Status, title: String, text: String = ""
    ) -> WebResponse {
        WebResponse(
            status,
            html: ProblemPage(title: title, text: text, theme: theme(of: web), isSignedIn: web.session != nil).html
        )
    }

    func failure(_ error: any Error, of web: WebRequest, at route: Route) async -> WebResponse {
        switch error {
        case let input as BadInput:
            return problem(web, status: .badRequest, title: "That can't be done as it stands", text: "\(input).")
        case is FormRefusal:
            return problem(
                web, status: .forbidden, title: "This form is from an earlier session",
                text: "Nothing was done. Go back, reload the page, and send it again.")
        case let refusal as SignInRefusal:
            return problem(
                web, status: .init(code: refusal.kind.rawValue), title: "That wasn't done", text: "\(refusal)")
        case let status as APIStatus where status.code == 401 && web.session?.signedIn == nil:
            await sessions.tokens.end(web.cookie(transport.sessionCookie))
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
            if web.session == nil, !route.isOpen { return WebResponse(seeOther: Route.signIn.link) }
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
