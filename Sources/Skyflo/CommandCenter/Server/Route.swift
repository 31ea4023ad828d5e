import KubeModel

/// A place of the Command Center: which path it has, and by which methods it is reached.
enum Route: Sendable, Hashable {
    case home
    case healthz
    case readyz
    case asset(String)
    case signIn
    case signOut
    case theme
    case conversations
    case waiting
    case new
    case conversation(ObjectKey)
    case part(Part, of: ObjectKey)

    /// What belongs to a conversation.
    enum Part: String, Sendable, CaseIterable {
        case events, messages, decisions, stop, resume, undo
    }

    enum Method: String, Sendable { case get = "GET", post = "POST" }

    /// nil for a path at which there is nothing.
    init?(path: String) {
        var segments: [String] = []
        for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let segment = PercentEncoding.decode(part), !segment.contains("/") else { return nil }
            segments.append(segment)
        }
        switch (segments.first ?? "", segments.count) {
        case ("", 0...1): self = .home
        case ("healthz", 1): self = .healthz
        case ("readyz", 1): self = .readyz
        case ("assets", 2): self = .asset(segments[1])
        case ("sign-in", 1): self = .signIn
        case ("sign-out", 1): self = .signOut
        case ("theme", 1): self = .theme
        case ("conversations", 1): self = .conversations
        case ("waiting", 1): self = .waiting
        case ("new", 1): self = .new
        case ("conversations", 3...4):
            guard let key = Self.key(namespace: segments[1], name: segments[2]) else { return nil }
            guard segments.count == 4 else {
                self = .conversation(key)
                return
            }
            guard let part = Part(rawValue: segments[3]) else { return nil }
            self = .part(part, of: key)
        default: return nil
        }
    }

    var methods: [Method] {
        switch self {
        case .home, .healthz, .readyz, .asset, .conversations, .waiting, .conversation, .part(.events, _): [.get]
        case .signIn, .new: [.get, .post]
        case .signOut, .theme, .part: [.post]
        }
    }

    var segments: [String] {
        switch self {
        case .home: []
        case .healthz: ["healthz"]
        case .readyz: ["readyz"]
        case .asset(let name): ["assets", name]
        case .signIn: ["sign-in"]
        case .signOut: ["sign-out"]
        case .theme: ["theme"]
        case .conversations: ["conversations"]
        case .waiting: ["waiting"]
        case .new: ["new"]
        case .conversation(let key): ["conversations", key.namespace ?? "", key.name]
        case .part(let part, let key): Route.conversation(key).segments + [part.rawValue]
        }
    }

    func link(query: [(name: String, value: String)] = [], fragment: String? = nil) -> Link {
        .local(segments, query: query, fragment: fragment)
    }

    var link: Link { link() }

    /// Only what names of namespaces and objects are made of (RFC 1123), so that no path of the API server is led astray.
    private static func key(namespace: String, name: String) -> ObjectKey? {
        func isName(_ text: String) -> Bool {
            (1...253).contains(text.utf8.count)
                && text.utf8.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."): true
                    default: false
                    }
                } && text.first != "." && text.first != "-"
        }
        guard isName(namespace), isName(name) else { return nil }
        return ObjectKey(namespace: namespace, name: name)
    }
}
