import KubeModel
import SignIn

/// The local accounts, for who manages them.
struct TeamPage {
    /// A link that was made now, and is shown once.
    struct Handed {
        var name: String
        var url: String
    }

    let frame: Frame
    let accounts: [LocalAccount]
    let user: String
    var problem: String?
    var link: Handed?

    var html: HTML {
        frame.page(title: "Team", heading: HTML(.h1, .class("grow")) { "Team" }) {
            HTML(.div, .class("page")) {
                if let problem {
                    HTML(.p, .class("note page-note bad"), .set(.role, to: "alert")) {
                        HTML.icon(.warn)
                        HTML(.span) { problem }
                    }
                }
                if let link { handed(link) }
                list
                adding
                meaning
            }
        }
    }

    private func handed(_ link: Handed) -> HTML {
        HTML(.section, .aria("labelledby", is: "ih")) {
            HTML(.h2, .id("ih"), .class("vh")) { "One-time link" }
            HTML(.div, .class("card pad stack")) {
                HTML(.p, .set(.role, to: "status")) { HTML(.b) { "One-time link for \(link.name)" } }
                HTML(.p, .class("meta")) { "It counts once, for 24 hours, and is shown only now." }
                HTML(.label, .class("vh"), .set(.forElement, to: "link")) { "Link" }
                HTML(.input, .class("input mono"), .id("link"), .flag(.readonly), .set(.value, to: link.url))
                HTML(.p, .class("meta")) { "Nothing is e-mailed: hand it over yourself. It asks for a password." }
            }
        }
    }

    private var list: HTML {
        HTML(.section, .aria("labelledby", is: "mh")) {
            HTML(.div, .class("head")) {
                HTML(.h2, .id("mh")) { "Local accounts" }
                HTML(.span, .class("meta")) {
                    "People who come by company sign-in or token get their rights from the cluster, not here."
                }
            }
            HTML(
                .div, .class("card scroll"), .set(.tabindex, to: "0"), .set(.role, to: "group"),
                .aria("labelledby", is: "mh")
            ) {
                HTML(.table, .class("tbl")) {
                    HTML(.thead) {
                        HTML(.tr) {
                            HTML(
                                joining: ["Name", "In the cluster", "Roles", "State", "Change"].map { title in
                                    HTML(.th, .set(.scope, to: "col")) { title }
                                })
                        }
                    }
                    HTML(.tbody) { HTML(joining: accounts.map(row)) }
                }
            }
        }
    }

    private func row(_ account: LocalAccount) -> HTML {
        HTML(.tr) {
            HTML(.td) { HTML(.b) { account.user == user ? "\(account.name) (you)" : account.name } }
            HTML(.td) { HTML(.code) { account.user } }
            HTML(.td) { account.roles.sorted().map(\.rawValue).joined(separator: ", ") }
            HTML(.td) { Self.state(account) }
            HTML(.td) {
                HTML(.details, .class("more")) {
                    HTML(.summary, .aria("label", is: "Change \(account.name)")) { "Change" }
                    changes(account)
                }
            }
        }
    }

    private static func state(_ account: LocalAccount) -> HTML {
        switch account.state {
        case .active: HTML.pill("Active", kind: "ok", icon: .check)
        case .invited:
            HTML.pill(
                account.invitedUntil.map { "Invited until \($0)" } ?? "Without a password", kind: "", icon: .clock)
        case .deactivated: HTML.pill("Deactivated", kind: "", icon: .stop)
        }
    }

    private func changes(_ account: LocalAccount) -> HTML {
        HTML(.div, .class("stack")) {
            if account.state == .deactivated {
                button(.reactivate, of: account, text: "Reactivate \(account.name)")
            } else {
                frame.form(.member(.roles, name: account.name), class: "stack") {
                    Self.roles(account.roles)
                    HTML(.button, .class("btn small")) { "Give \(account.name) these roles" }
                }
                button(.reset, of: account, text: "Take the password away and make a new link")
                button(.deactivate, of: account, text: "Deactivate \(account.name) and end all sessions")
            }
        }
    }

    private func button(_ change: Route.MemberChange, of account: LocalAccount, text: String) -> HTML {
        frame.form(.member(change, name: account.name)) { HTML(.button, .class("btn quiet small")) { text } }
    }

    private static func roles(_ chosen: Set<AccountRole>) -> HTML {
        HTML(.fieldset) {
            HTML(.legend, .class("vh")) { "Roles" }
            HTML(.div, .class("row wrap")) {
                HTML(
                    joining: AccountRole.allCases.map { role in
                        HTML(.label, .class("check")) {
                            HTML(
                                .input, .set(.type, to: "checkbox"), .set(.name, to: "role-\(role.rawValue)"),
                                .set(.value, to: "yes"), .flag(.checked, if: chosen.contains(role)))
                            role.rawValue
                        }
                    })
            }
        }
    }

    private var adding: HTML {
        HTML(.section, .aria("labelledby", is: "ah")) {
            HTML(.div, .class("head")) { HTML(.h2, .id("ah")) { "Add an account" } }
            HTML(.div, .class("card pad")) {
                frame.form(.team, class: "stack") {
                    HTML.input("name", label: "Name", autocomplete: "off")
                    Self.roles([.requester])
                    HTML(.button, .class("btn main-act")) { "Add it and make a one-time link" }
                }
            }
        }
    }

    private var meaning: HTML {
        HTML(.section, .aria("labelledby", is: "eh")) {
            HTML(.div, .class("head")) { HTML(.h2, .id("eh")) { "What each role may do" } }
            HTML(.ul, .class("card pad stack")) {
                HTML(.li) { "viewer: sees conversations." }
                HTML(.li) { "requester: sees, asks, and reads transcripts." }
                HTML(.li) { "approver: sees, and decides what waits for approval." }
                HTML(.li) { "admin: sees, and manages these accounts." }
            }
        }
    }
}
