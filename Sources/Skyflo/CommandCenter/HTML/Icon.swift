/// A symbol of `icons.svg`, which each page has in it once.
enum Icon: String, Sendable {
    case gate, check, x, go, find, clock, plus, stop, chat, menu, warn, term, theme, file, shield, undo, key, think,
        team

    static let sprite = HTML.asset(PackageResources.icons_svg)
}

extension HTML {
    static func icon(_ icon: Icon, class names: String = "i") -> HTML {
        HTML(.svg, .class(names), .aria("hidden", is: "true")) { HTML(.use, .href(.here("i-" + icon.rawValue))) }
    }

    /// Heard, not seen.
    static func hidden(_ text: String) -> HTML { HTML(.span, .class("vh")) { text } }

    /// A moment, which the page shows in the reader's own time zone where scripts run.
    static func time(_ moment: String) -> HTML { HTML(.time, .set(.datetime, to: moment)) { moment } }
}
