import KubeModel

/// What somebody with a local account may do; each role is a group that is bound in the cluster.
package enum AccountRole: String, Sendable, CaseIterable, Comparable {
    case viewer, requester, approver, admin

    /// The group of the cluster, `skyflo:approvers`.
    package var group: String { "\(PersonIdentity.localPrefix)\(rawValue)s" }

    package static func < (a: AccountRole, b: AccountRole) -> Bool {
        (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
    }
}

/// An account for somebody whom neither a provider nor the cluster itself knows.
package struct LocalAccount: Sendable, Hashable {
    package internal(set) var name: String
    package internal(set) var roles: Set<AccountRole>
    package internal(set) var isActive = true
    package internal(set) var createdAt: KubeTime
    /// The user of the cluster who added it; `set-up` for the first one.
    package internal(set) var createdBy: String
    /// Each change ends the sessions that were opened before.
    var epoch = 1
    /// nil until the person has chosen one.
    var passwordHash: String?
    var invitation: Invitation?

    /// A link that is good once.
    struct Invitation: Sendable, Hashable {
        static let lifetime = 86_400.0

        var digest: String
        var expiresAt: KubeTime
    }

    package enum State: Sendable { case active, invited, deactivated }

    package var state: State { !isActive ? .deactivated : passwordHash == nil ? .invited : .active }

    /// Until when the link counts that was handed out; nil where there is none.
    package var invitedUntil: KubeTime? { invitation?.expiresAt }

    /// The user of the cluster.
    package var user: String { PersonIdentity.localPrefix + name }
    package var groups: [String] { roles.sorted().map(\.group) }

    var isActingAdmin: Bool { state == .active && roles.contains(.admin) }

    /// Names are labels (RFC 1123), so that they can stand in paths, headers and RBAC as they are.
    package static func isName(_ text: String) -> Bool {
        (1...40).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
            && text.first != "-" && text.last != "-"
    }
}

extension LocalAccount {
    init?(name: String, json: JSONValue) {
        guard Self.isName(name), let createdAt = json["createdAt"]?.string.flatMap({ KubeTime($0) }) else { return nil }
        self.init(
            name: name, roles: Set((json["roles"]?.array ?? []).compactMap { $0.string.flatMap(AccountRole.init) }),
            isActive: json["active"]?.bool ?? false, createdAt: createdAt, createdBy: json["createdBy"]?.string ?? "")
        epoch = json["epoch"]?.int ?? 1
        passwordHash = json["password"]?.string
        if let digest = json["invitation", "digest"]?.string,
            let expiresAt = json["invitation", "expiresAt"]?.string.flatMap({ KubeTime($0) })
        {
            invitation = Invitation(digest: digest, expiresAt: expiresAt)
        }
    }

    var json: JSONValue {
        .compact([
            "roles": JSONValue(roles.sorted().map(\.rawValue)), "active": .bool(isActive),
            "createdAt": .string(createdAt.description), "createdBy": .string(createdBy), "epoch": JSONValue(epoch),
            "password": passwordHash.map(JSONValue.string),
            "invitation": invitation.map {
                ["digest": .string($0.digest), "expiresAt": .string($0.expiresAt.description)]
            },
        ])
    }
}
