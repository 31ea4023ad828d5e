import KubeModel
import SignIn

/// Who somebody is here, their password and their sessions.
struct AccountPage {
    let frame: Frame
    let user: String
    /// nil for who came with a token of the cluster.
    let person: SignInService.SignedIn?
    let sessions: [SessionRecord]
    let problem: String?

    var html: HTML {
        frame.page(title: "Account", heading: HTML(.h1, .class("grow")) { "Account" }) {
            HTML(.div, .class("page")) {
                if let problem {
                    HTML(.p, .class("note page-note bad"), .set(.role, to: "alert")) {
                        HTML.icon(.warn)
                        HTML(.span) { problem }
                    }
                }
                profile
                if person?.account != nil { password }
                sessionList
            }
        }
    }

    private var profile: HTML {
        HTML(.section, .aria("labelledby", is: "who")) {
            HTML(.div, .class("head")) { HTML(.h2, .id("who")) { "You" } }
            HTML(.div, .class("card pad stack")) {
                HTML(.p) {
                    "In the cluster: "
                    HTML(.code) { user }
                }
                HTML(.p, .class("meta")) { origin }
                if let groups = person?.identity.groups, !groups.isEmpty {
                    HTML(.p) {
                        "Groups: "
                        HTML(.code) { groups.joined(separator: ", ") }
                    }
                }
            }
        }
    }

    private var origin: String {
        switch person?.session.origin {
        case nil: "Signed in with a token of the cluster. What you may do is bound to it."
        case .provider: "Signed in by your company. It says which groups you are in; the cluster says what they may do."
        case .local: "A local account. Its roles are groups, and the cluster says what they may do."
        }
    }

    private var password: HTML {
        HTML(.section, .aria("labelledby", is: "pw")) {
            HTML(.div, .class("head")) {
                HTML(.h2, .id("pw")) { "Password" }
                HTML(.span, .class("meta")) { "All your sessions end with it." }
            }
            HTML(.div, .class("card pad")) {
                frame.form(.password, class: "stack") {
                    HTML.input(
                        "password", label: "Present password", type: "password", autocomplete: "current-password")
                    HTML.newPassword
                    HTML(.button, .class("btn")) { "Change the password" }
                }
            }
        }
    }

    private var sessionList: HTML {
        HTML(.section, .aria("labelledby", is: "ss")) {
            HTML(.div, .class("head")) { HTML(.h2, .id("ss")) { "Sessions" } }
            HTML(.div, .class("card pad stack")) {
                if person == nil {
                    HTML(.p) { "A session with a token is known to one server only, and isn't listed." }
                } else {
                    HTML(.ul, .class("stack")) { HTML(joining: sessions.map(row)) }
                }
                frame.form(.sessions) { HTML(.button, .class("btn")) { "Sign out everywhere" } }
            }
        }
    }

    private func row(_ session: SessionRecord) -> HTML {
        HTML(.li) {
            HTML(.span) { session.agent.isEmpty ? "A browser" : session.agent }
            HTML(.span, .class("meta")) {
                session.id == person?.session.id ? " · this one" : ""
                " · since "
                HTML.time(session.startedAt.description)
                " · last seen "
                HTML.time(session.usedAt.description)
            }
        }
    }
}
