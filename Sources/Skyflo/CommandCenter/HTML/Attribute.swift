/// An attribute of an element. Its value is escaped where it is written; addresses come from ``Link`` only.
struct Attribute: Sendable, Hashable {
    let name: String
    /// nil for one that is there or not.
    let value: String?

    private init(_ name: String, value: String? = nil) {
        self.name = name
        self.value = value
    }

    /// Those without a meaning of their own to a browser's security.
    enum Name: String, Sendable {
        case id, name, value, type, rows, placeholder, autocomplete, lang, charset, content, scope, colspan, role,
            maxlength, tabindex, datetime, list, title, viewBox, rel, target, method, label
        case forElement = "for"
    }

    enum Flag: String, Sendable {
        case hidden, required, open, selected, checked, autofocus, disabled, readonly, defer_ = "defer"
    }

    static func `class`(_ names: String) -> Attribute { Attribute("class", value: names) }
    static func id(_ id: String) -> Attribute { Attribute("id", value: id) }
    static func set(_ name: Name, to value: String) -> Attribute { Attribute(name.rawValue, value: value) }
    static func flag(_ flag: Flag, if isSet: Bool = true) -> Attribute? { isSet ? Attribute(flag.rawValue) : nil }
    static func aria(_ name: StaticString, is value: String) -> Attribute { Attribute("aria-\(name)", value: value) }
    static func data(_ name: StaticString, is value: String = "") -> Attribute {
        Attribute("data-\(name)", value: value)
    }

    static func href(_ link: Link) -> Attribute { Attribute("href", value: link.text) }
    static func action(_ link: Link) -> Attribute { Attribute("action", value: link.text) }
    static func source(_ link: Link) -> Attribute { Attribute("src", value: link.text) }
}
