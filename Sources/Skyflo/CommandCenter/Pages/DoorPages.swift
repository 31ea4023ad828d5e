/// What all pages of somebody who isn't signed in look like.
struct DoorSheet {
    let title: String
    let cluster: String
    let formKey: String
    let theme: Theme
    var error: String?
    var notice: String?
    /// Where the page is.
    let place: Link

    func html(heading: String, lead: String, @HTMLBuilder content: () -> HTML) -> HTML {
        Sheet(title: title, theme: theme).html {
            HTML(.div, .class("door")) {
                HTML(.main, .id("main")) {
                    HTML(.span, .class("brand")) {
                        Frame.brand
                        HTML(.b) { "skyflo" }
                        HTML(.span) { "Command Center" }
                    }
                    HTML(.h1) { heading }
                    HTML(.p, .class("dim")) { lead }
                    if let notice { Self.note(notice, class: "note ok", role: "status", icon: .check) }
                    if let error { Self.note(error, class: "note bad", role: "alert", icon: .warn) }
                    content()
                }
                HTML(.footer, .class("meta")) {
                    HTML(.span) { "Cluster \(cluster)" }
                    ThemeForm(theme: theme, formKey: formKey, path: place.text).html
                }
            }
        }
    }

    private static func note(_ text: String, class names: String, role: String, icon: Icon) -> HTML {
        HTML(.p, .class(names), .set(.role, to: role)) {
            HTML.icon(icon)
            HTML(.span) { text }
        }
    }
}

/// Where somebody signs in.
struct SignInPage {
    let cluster: String
    let formKey: String
    let theme: Theme
    let error: String?
    let notice: String?
    let goBack: Link?
    /// What the provider is called; nil where there is none.
    let provider: String?
    let hasAccounts: Bool
    let needsSetUp: Bool

    private var query: [(name: String, value: String)] { goBack.map { [(FormField.goBack, $0.text)] } ?? [] }

    var html: HTML {
        DoorSheet(
            title: "Sign in", cluster: cluster, formKey: formKey, theme: theme, error: error, notice: notice,
            place: Route.signIn.link(query: query)
        ).html(
            heading: "Sign in to \(cluster)",
            lead: "What you see and approve here is done with your own rights in the cluster."
        ) {
            if let provider {
                HTML(.a, .class("btn main-act"), .href(Route.provider.link(query: query))) {
                    HTML.icon(.shield)
                    "Continue with \(provider)"
                }
            }
            if hasAccounts {
                if provider != nil { HTML(.p, .class("or")) { "or with a local account" } }
                accountForm
                if needsSetUp {
                    HTML(.p, .class("hint")) {
                        "There is no admin yet. "
                        HTML(.a, .href(Route.setUp.link)) { "Set up the first account" }
                    }
                }
            }
            if provider == nil, !hasAccounts {
                tokenForm
            } else {
                HTML(.details, .class("more")) {
                    HTML(.summary) {
                        HTML.icon(.go, class: "i turnr")
                        "Use a Kubernetes token"
                    }
                    tokenForm
                }
            }
        }
    }

    private var accountForm: HTML {
        HTML.post(.signIn, formKey: formKey, class: "stack") {
            if let goBack { HTML.field(FormField.goBack, value: goBack.text) }
            HTML.input("name", label: "Name", autocomplete: "username")
            HTML.input("password", label: "Password", type: "password", autocomplete: "current-password")
            HTML(.button, .class(provider == nil ? "btn main-act" : "btn")) { "Sign in" }
        }
    }

    private var tokenForm: HTML {
        HTML.post(.signIn, formKey: formKey, class: "stack") {
            if let goBack { HTML.field(FormField.goBack, value: goBack.text) }
            HTML(.div, .class("field")) {
                HTML(.label, .set(.forElement, to: "token")) { "Kubernetes token" }
                HTML(
                    .input, .class("input"), .id("token"), .set(.name, to: "token"), .set(.type, to: "password"),
                    .set(.autocomplete, to: "off"), .aria("describedby", is: "token-hint"), .flag(.required),
                    .flag(.autofocus, if: provider == nil && !hasAccounts))
                HTML(.p, .class("hint"), .id("token-hint")) {
                    "Make one with "
                    HTML(.code) { "kubectl create token NAME" }
                    ". It is kept in this server's memory until you sign out, and never written down."
                }
            }
            HTML(.button, .class(provider == nil && !hasAccounts ? "btn main-act" : "btn")) {
                HTML.icon(.key)
                "Sign in with token"
            }
        }
    }
}

/// Where the first admin is made.
struct SetUpPage {
    let cluster: String
    let formKey: String
    let theme: Theme
    var error: String?
    var name = ""

    var html: HTML {
        DoorSheet(
            title: "Set up", cluster: cluster, formKey: formKey, theme: theme, error: error, place: Route.setUp.link
        ).html(
            heading: "Set up the first account",
            lead: "It is an admin, who adds the other accounts. The code stands in the server's log, and in the Secret "
                + "skyflo-web-setup."
        ) {
            HTML.post(.setUp, formKey: formKey, class: "stack") {
                HTML.input("code", label: "Set-up code", autocomplete: "off")
                HTML.input("name", label: "Name", value: name, autocomplete: "username")
                HTML.newPassword
                HTML(.button, .class("btn main-act")) { "Make the first admin" }
            }
        }
    }
}

/// Where somebody chooses a password who was handed a one-time link.
struct JoinPage {
    let cluster: String
    let formKey: String
    let theme: Theme
    let name: String
    let code: String
    var error: String?

    var html: HTML {
        DoorSheet(
            title: "Choose a password", cluster: cluster, formKey: formKey, theme: theme, error: error,
            place: Route.signIn.link
        ).html(heading: "Choose a password", lead: "For the account \(name). The link counts once.") {
            HTML.post(.join, formKey: formKey, class: "stack") {
                HTML.field("name", value: name)
                HTML.field("code", value: code)
                HTML.newPassword
                HTML(.button, .class("btn main-act")) { "Set the password" }
            }
        }
    }
}

/// Between two requests of which only the second carries what it needs; browsers go on by themselves.
struct ContinuePage {
    let theme: Theme
    let link: Link

    var html: HTML {
        Sheet(title: "One moment", theme: theme).html {
            HTML(.div, .class("door")) {
                HTML(.main, .id("main"), .class("blank")) {
                    HTML(.h1) { "One moment" }
                    HTML(.a, .class("btn"), .href(link)) { "Go on" }
                }
            }
        }
    }
}

extension HTML {
    /// A field with its label.
    static func input(
        _ name: String, label: String, type: String = "text", value: String = "", autocomplete: String
    ) -> HTML {
        HTML(.div, .class("field")) {
            HTML(.label, .set(.forElement, to: "field-\(name)")) { label }
            HTML(
                .input, .class("input"), .id("field-\(name)"), .set(.name, to: name), .set(.type, to: type),
                .set(.value, to: value), .set(.autocomplete, to: autocomplete), .flag(.required))
        }
    }

    static var newPassword: HTML {
        HTML(.div, .class("field")) {
            HTML(.label, .set(.forElement, to: "field-new")) { "New password" }
            HTML(
                .input, .class("input"), .id("field-new"), .set(.name, to: "new"), .set(.type, to: "password"),
                .set(.autocomplete, to: "new-password"), .aria("describedby", is: "new-hint"), .flag(.required))
            HTML(.p, .class("hint"), .id("new-hint")) {
                "At least 12 characters. A few words are easy to keep in mind."
            }
        }
    }
}

/// Why something couldn't be done, and what to do.
struct ProblemPage {
    let title: String
    let text: String
    let theme: Theme
    let isSignedIn: Bool

    var html: HTML {
        Sheet(title: title, theme: theme).html {
            HTML(.div, .class("door")) {
                HTML(.main, .id("main"), .class("blank")) {
                    HTML(.h1) { title }
                    if !text.isEmpty { HTML(.p, .set(.role, to: "alert")) { text } }
                    HTML(.a, .class("btn"), .href(isSignedIn ? Route.conversations.link : Route.signIn.link)) {
                        isSignedIn ? "To the conversations" : "Sign in"
                    }
                }
            }
        }
    }
}
