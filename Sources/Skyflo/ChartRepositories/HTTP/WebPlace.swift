import Integrations
import KubeModel

/// An address of HTTP, apart: whom a request goes to, and what it asks there.
struct WebPlace: Sendable, Hashable {
    /// Without a prefix.
    let origin: IntegrationOrigin
    /// The path with its query.
    let target: String

    /// - Parameter url: `https://HOST/…`; nil where it is none, or has a user.
    init?(_ url: String) {
        guard let place = IntegrationOrigin.place(ofRedirect: url), Self.isPlain(url) else { return nil }
        self.init(origin: place.origin, target: place.target)
    }

    private init?(origin: IntegrationOrigin, target: String) {
        let path = target.prefix { $0 != "?" }
        guard path.hasPrefix("/") else { return nil }
        var parts: [Substring] = []
        for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            switch part {
            case ".": continue
            case "..":
                guard parts.popLast() != nil else { return nil }
            default:
                guard !Self.isDotted(part) else { return nil }
                parts.append(part)
            }
        }
        self.origin = origin
        self.target = "/" + parts.joined(separator: "/") + target.dropFirst(path.count)
    }

    /// Whether a server or a proxy that decodes a segment, once or again and again, may take it for a step up.
    private static func isDotted(_ segment: Substring) -> Bool {
        guard segment.contains("%") else { return false }
        guard var text = PercentEncoding.decode(segment) else { return true }
        while let next = PercentEncoding.decode(text), next != text { text = next }
        return text.split(whereSeparator: { "/\\".contains($0) }).contains { $0 == "." || $0 == ".." }
    }

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.count <= 4096 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
    }

    /// What a reference leads to (RFC 3986 §5.2); nil for one that is no address of HTTP.
    /// - Parameter isFolder: whether this is the folder of the document with the reference, and not the document.
    func resolving(_ reference: String, isFolder: Bool = true) -> WebPlace? {
        guard Self.isPlain(reference), !reference.isEmpty else { return nil }
        let text = reference.prefix { $0 != "#" }
        if text.prefix(while: { $0 != "/" }).contains(":") { return WebPlace(String(text)) }
        if text.hasPrefix("//") { return WebPlace((origin.isSecure ? "https:" : "http:") + text) }
        if text.hasPrefix("/") { return WebPlace(origin: origin, target: String(text)) }
        let document = target.prefix { $0 != "?" }
        let parent =
            isFolder ? folder[...] : document.prefix(through: document.lastIndex(of: "/") ?? document.startIndex)
        return WebPlace(origin: origin, target: "\(parent)\(text)")
    }

    /// The path with a slash at its end.
    private var folder: String {
        let path = target.prefix { $0 != "?" }
        return path.hasSuffix("/") ? String(path) : path + "/"
    }

    /// Whether another address is on the same host, below this folder.
    func contains(_ other: WebPlace) -> Bool { other.origin == origin && other.target.hasPrefix(folder) }

    /// Without the query, which may hold a signature.
    var text: String { origin.description + target.prefix { $0 != "?" } }
}
