import KubeModel
import SignIn

/// A place of the Command Center: which path it has, and by which methods it is reached.
enum Route: Sendable, Hashable {
    case home
    case healthz
    case readyz
    case asset(String)
    case signIn
    /// To the provider, and back from it.
    case provider
    case providerAnswer
    case signOut
    /// Where a session goes on.
    case refresh
    case setUp
    /// Where a one-time link leads to.
    case join
    case account
    case password
    case sessions
    case team
    case member(MemberChange, name: String)
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

    /// What an admin does with a local account.
    enum MemberChange: String, Sendable, CaseIterable {
        case roles, reset, deactivate, reactivate
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
        case ("sign-in", 1...3):
            guard let route = Self.signIn(segments) else { return nil }
            self = route
        case ("session", 2) where segments[1] == "refresh": self = .refresh
        case ("set-up", 1): self = .setUp
        case ("join", 1): self = .join
        case ("account", 1): self = .account
        case ("account", 2) where segments[1] == "password": self = .password
        case ("account", 2) where segments[1] == "sessions": self = .sessions
        case ("team", 1): self = .team
        case ("team", 3):
            guard LocalAccount.isName(segments[1]), let change = MemberChange(rawValue: segments[2]) else { return nil }
            self = .member(change, name: segments[1])
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

    private static func signIn(_ segments: [String]) -> Route? {
        switch segments {
        case ["sign-in"]: .signIn
        case ["sign-in", "oidc"]: .provider
        case ["sign-in", "oidc", "callback"]: .providerAnswer
        default: nil
        }
    }

    var methods: [Method] {
        switch self {
        case .home, .healthz, .readyz, .asset, .conversations, .waiting, .conversation, .part(.events, _), .provider,
            .providerAnswer, .account:
            [.get]
        case .signIn, .new, .refresh, .setUp, .join, .team: [.get, .post]
        case .signOut, .theme, .part, .password, .sessions, .member: [.post]
        }
    }

    /// Whether somebody gets there who isn't signed in, and isn't asked for.
    var isOpen: Bool {
        switch self {
        case .home, .healthz, .readyz, .asset, .signIn, .provider, .providerAnswer, .refresh, .setUp, .join: true
        default: false
        }
    }

    var segments: [String] {
        switch self {
        case .home: []
        case .healthz: ["healthz"]
        case .readyz: ["readyz"]
        case .asset(let name): ["assets", name]
        case .signIn: ["sign-in"]
        case .provider: ["sign-in", "oidc"]
        case .providerAnswer: ["sign-in", "oidc", "callback"]
        case .refresh: ["session", "refresh"]
        case .setUp: ["set-up"]
        case .join: ["join"]
        case .account: ["account"]
        case .password: ["account", "password"]
        case .sessions: ["account", "sessions"]
        case .team: ["team"]
        case .member(let change, let name): ["team", name, change.rawValue]
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
