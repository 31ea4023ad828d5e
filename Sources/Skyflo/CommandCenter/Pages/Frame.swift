/// How pages look; the person's choice, kept in a cookie so that nothing flashes.
enum Theme: String, Sendable, CaseIterable {
    case system, light, dark

    var next: Theme {
        switch self {
        case .system: .light
        case .light: .dark
        case .dark: .system
        }
    }
}

/// The head and body that every page has.
struct Sheet {
    var title: String
    var theme: Theme
    /// Of decisions; it stands in the title, and the icon has a mark.
    var waiting = 0

    func html(@HTMLBuilder body: () -> HTML) -> HTML {
        HTML(.html, .set(.lang, to: "en"), theme == .system ? nil : .data("theme", is: theme.rawValue)) {
            HTML(.head) {
                HTML(.meta, .set(.charset, to: "utf-8"))
                HTML(.meta, .set(.name, to: "viewport"), .set(.content, to: "width=device-width, initial-scale=1"))
                HTML(.title) { (waiting > 0 ? "(\(waiting)) " : "") + title + " · skyflo" }
                HTML(
                    .link, .set(.rel, to: "icon"), .id("icon"),
                    .href((waiting > 0 ? WebAsset.waitingIcon : .icon).link), .set(.type, to: WebAsset.icon.type),
                    .data("plain", is: WebAsset.icon.link.text), .data("waiting", is: WebAsset.waitingIcon.link.text))
                HTML(.link, .set(.rel, to: "stylesheet"), .href(WebAsset.style.link))
                HTML(.script, .source(WebAsset.script.link), .flag(.defer_))
            }
            HTML(.body) {
                Icon.sprite
                HTML(.a, .class("skip"), .href(.here("main"))) { "Skip to content" }
                body()
            }
        }
    }
}

/// What stands around the content of each page for somebody who is signed in.
struct Frame {
    let user: String
    let formKey: String
    let theme: Theme
    let cluster: String
    let route: Route
    /// Where the page is, with its query.
    var path: String
    /// Whether the person manages accounts.
    var hasTeam = false
    var note: Note?

    func page(
        title: String, waiting: Int = 0, heading: HTML, @HTMLBuilder content: () -> HTML
    ) -> HTML {
        Sheet(title: title, theme: theme, waiting: waiting).html {
            HTML(.div, .class("app")) {
                side
                HTML(.div, .class("main")) {
                    HTML(.header, .class("top")) {
                        HTML(
                            .button, .class("btn quiet icon menu"), .set(.type, to: "button"),
                            .aria("expanded", is: "false"), .aria("controls", is: "side"), .aria("label", is: "Menu")
                        ) { HTML.icon(.menu) }
                        heading
                    }
                    HTML(.main, .id("main")) {
                        noteLine
                        content()
                    }
                }
            }
        }
    }

    private var noteLine: HTML? {
        note.map { note in
            HTML(
                .p, .class("note page-note " + (note.kind == .done ? "ok" : "bad")),
                .set(.role, to: note.kind == .done ? "status" : "alert")
            ) {
                HTML.icon(note.kind == .done ? .check : .warn)
                HTML(.span) { note.text }
            }
        }
    }

    static let brand = HTML(.svg, .set(.viewBox, to: "0 0 20 20"), .class("i"), .aria("hidden", is: "true")) {
        HTML(.use, .href(.here("i-brand")))
    }

    private var side: HTML {
        HTML(.aside, .class("side"), .id("side")) {
            HTML(.a, .class("brand"), .href(Route.conversations.link)) {
                Self.brand
                HTML(.b) { "skyflo" }
                HTML(.span) { "Command Center" }
            }
            HTML(.a, .class("btn"), .href(Route.new.link)) {
                HTML.icon(.plus)
                HTML(.span, .class("t")) { "New conversation" }
            }
            HTML(.nav, .aria("label", is: "Main")) {
                HTML(.ul) {
                    place(.waiting, icon: .gate, title: "Waiting for me")
                    place(.conversations, icon: .chat, title: "Conversations")
                    if hasTeam { place(.team, icon: .team, title: "Team") }
                }
            }
            HTML(.div, .class("foot")) {
                HTML(.p, .class("cut")) { cluster }
                HTML(.p, .class("who")) { HTML(.a, .href(Route.account.link)) { user } }
                HTML(.div, .class("row wrap")) {
                    form(.signOut) { HTML(.button, .class("btn quiet small")) { "Sign out" } }
                    ThemeForm(theme: theme, formKey: formKey, path: path).html
                }
            }
        }
    }

    private func place(_ place: Route, icon: Icon, title: String) -> HTML {
        HTML(.li) {
            HTML(.a, .href(place.link), route == place ? .aria("current", is: "page") : nil) {
                HTML.icon(icon)
                HTML(.span, .class("t")) { title }
            }
        }
    }

    /// A form that changes something.
    func form(_ route: Route, class names: String = "inline", @HTMLBuilder content: () -> HTML) -> HTML {
        HTML.post(route, formKey: formKey, class: names, content: content)
    }
}

/// Changes the theme and comes back.
struct ThemeForm {
    let theme: Theme
    let formKey: String
    let path: String

    var html: HTML {
        HTML.post(.theme, formKey: formKey, class: "inline") {
            HTML.field(FormField.goBack, value: path)
            HTML.field("theme", value: theme.next.rawValue)
            HTML(
                .button, .class("btn quiet small"),
                .aria("label", is: "Theme: \(theme.rawValue). Change to \(theme.next.rawValue)")
            ) {
                HTML.icon(.theme)
                "Theme"
            }
        }
    }
}

extension HTML {
    static func post(
        _ route: Route, formKey: String, class names: String, @HTMLBuilder content: () -> HTML
    ) -> HTML {
        HTML(.form, .set(.method, to: "post"), .action(route.link), .class(names)) {
            field(FormField.key, value: formKey)
            content()
        }
    }

    /// Of a form, and not seen.
    static func field(_ name: String, value: String) -> HTML {
        HTML(.input, .set(.type, to: "hidden"), .set(.name, to: name), .set(.value, to: value))
    }

    static func pill(_ text: String, kind: String, icon: Icon? = nil) -> HTML {
        HTML(.span, .class(kind.isEmpty ? "pill" : "pill \(kind)")) {
            if let icon { HTML.icon(icon) } else if kind == "run" { HTML(.span, .class("dot run live")) }
            text
        }
    }
}
