/// Where somebody signs in.
struct SignInPage {
    let cluster: String
    let formKey: String
    let theme: Theme
    let error: String?
    let goBack: Link?

    var html: HTML {
        Sheet(title: "Sign in", theme: theme).html {
            HTML(.div, .class("door")) {
                HTML(.main, .id("main")) {
                    HTML(.span, .class("brand")) {
                        Frame.brand
                        HTML(.b) { "skyflo" }
                        HTML(.span) { "Command Center" }
                    }
                    HTML(.h1) { "Sign in to \(cluster)" }
                    HTML(.p, .class("dim")) {
                        "What you see and approve here is done with your own rights in the cluster."
                    }
                    if let error {
                        HTML(.p, .class("note bad"), .set(.role, to: "alert")) {
                            HTML.icon(.warn)
                            HTML(.span) { error }
                        }
                    }
                    form
                }
                HTML(.footer, .class("meta")) {
                    HTML(.span) { "Cluster \(cluster)" }
                    ThemeForm(
                        theme: theme, formKey: formKey,
                        path: Route.signIn.link(query: goBack.map { [(FormField.goBack, $0.text)] } ?? []).text
                    ).html
                }
            }
        }
    }

    private var form: HTML {
        HTML.post(.signIn, formKey: formKey, class: "stack") {
            if let goBack { HTML.field(FormField.goBack, value: goBack.text) }
            HTML(.div, .class("field")) {
                HTML(.label, .set(.forElement, to: "token")) { "Kubernetes token" }
                HTML(
                    .input, .class("input"), .id("token"), .set(.name, to: "token"), .set(.type, to: "password"),
                    .set(.autocomplete, to: "off"), .aria("describedby", is: "token-hint"), .flag(.required),
                    .flag(.autofocus))
                HTML(.p, .class("hint"), .id("token-hint")) {
                    "Make one with "
                    HTML(.code) { "kubectl create token NAME" }
                    ". It is kept in this server's memory until you sign out, and never written down."
                }
            }
            HTML(.button, .class("btn main-act")) {
                HTML.icon(.key)
                "Sign in with token"
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
