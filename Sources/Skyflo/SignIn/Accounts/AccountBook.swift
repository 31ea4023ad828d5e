import KubeModel

/// All local accounts, and what may become of them; no I/O.
///
/// ## Guarantee
/// Whoever can add accounts can't be lost: what would leave no active admin with a password is refused. All accounts are in
/// one Secret, so that two admins who deactivate each other at the same moment don't both succeed.
struct AccountBook {
    static let limit = 500

    private(set) var accounts: [String: LocalAccount]

    init(_ entries: StateSecret.Entries) {
        accounts = entries.reduce(into: [:]) { $0[$1.key] = LocalAccount(name: $1.key, json: $1.value) }
    }

    var entries: StateSecret.Entries {
        accounts.mapValues(\.json)
    }

    var hasAdmin: Bool { accounts.values.contains(where: \.isActingAdmin) }

    // MARK: Coming in

    /// The first admin.
    mutating func setUp(_ name: String, passwordHash: String, at now: KubeTime) throws(SignInRefusal) {
        guard !hasAdmin else { throw SignInRefusal(.conflict, "There is an admin already. Ask for an account.") }
        try Self.check(name)
        var account = LocalAccount(name: name, roles: [.admin, .requester], createdAt: now, createdBy: "set-up")
        account.epoch = (accounts[name]?.epoch ?? 0) + 1
        account.passwordHash = passwordHash
        accounts[name] = account
    }

    /// - Returns: the code of a link that lets the person choose a password, once.
    mutating func add(
        _ name: String, roles: Set<AccountRole>, by user: String, at now: KubeTime
    ) throws(SignInRefusal) -> String {
        try Self.check(name)
        guard accounts[name] == nil else { throw SignInRefusal(.conflict, "There is an account \(name) already.") }
        guard accounts.count < Self.limit else {
            throw SignInRefusal(.conflict, "There are \(Self.limit) accounts, which is the most.")
        }
        guard !roles.isEmpty else { throw SignInRefusal(.invalid, "An account has at least one role.") }
        accounts[name] = LocalAccount(name: name, roles: roles, createdAt: now, createdBy: user)
        return try invite(name, at: now)
    }

    private mutating func invite(_ name: String, at now: KubeTime) throws(SignInRefusal) -> String {
        let code = SecretText.random()
        try change(name) { account in
            account.invitation = .init(
                digest: SecretText.digest(code), expiresAt: now.adding(seconds: LocalAccount.Invitation.lifetime))
        }
        return code
    }

    static let voidLink = SignInRefusal(
        .forbidden, "This link doesn't count any more: it was used, has expired, or was replaced. Ask for another.")

    func hasInvitation(_ name: String, code: String, at now: KubeTime) -> Bool {
        guard let account = accounts[name], account.isActive, let invitation = account.invitation,
            now < invitation.expiresAt
        else { return false }
        return SecretText.isEqual(SecretText.digest(code), to: invitation.digest)
    }

    /// Uses a link up.
    mutating func accept(
        _ name: String, code: String, passwordHash: String, at now: KubeTime
    ) throws(SignInRefusal) {
        guard hasInvitation(name, code: code, at: now) else { throw Self.voidLink }
        try change(name) { account in
            account.passwordHash = passwordHash
            account.invitation = nil
            account.epoch += 1
        }
    }

    // MARK: Changes

    mutating func setPassword(of name: String, to hash: String) throws(SignInRefusal) {
        try change(name) { account in
            account.passwordHash = hash
            account.invitation = nil
            account.epoch += 1
        }
    }

    /// The same password, at another cost: sessions go on.
    mutating func upgrade(_ name: String, from old: String, to hash: String) {
        if accounts[name]?.passwordHash == old { accounts[name]?.passwordHash = hash }
    }

    mutating func setRoles(of name: String, to roles: Set<AccountRole>) throws(SignInRefusal) {
        guard !roles.isEmpty else { throw SignInRefusal(.invalid, "An account has at least one role.") }
        try change(name) { $0.roles = roles }
    }

    mutating func deactivate(_ name: String) throws(SignInRefusal) {
        try change(name) { account in
            account.isActive = false
            account.invitation = nil
            account.epoch += 1
        }
    }

    mutating func reactivate(_ name: String) throws(SignInRefusal) { try change(name) { $0.isActive = true } }

    mutating func endSessions(of name: String) throws(SignInRefusal) { try change(name) { $0.epoch += 1 } }

    /// Takes the password away.
    /// - Returns: the code of a link to choose another.
    mutating func reset(_ name: String, at now: KubeTime) throws(SignInRefusal) -> String {
        guard accounts[name]?.isActive != false else {
            throw SignInRefusal(.conflict, "\(name) is deactivated; reactivate it first.")
        }
        try change(name) { account in
            account.passwordHash = nil
            account.epoch += 1
        }
        return try invite(name, at: now)
    }

    private mutating func change(
        _ name: String, _ body: (inout LocalAccount) -> Void
    ) throws(SignInRefusal) {
        guard var account = accounts[name] else { throw SignInRefusal(.invalid, "There is no account \(name).") }
        let hadAdmin = hasAdmin
        body(&account)
        var others = self
        others.accounts[name] = account
        guard !hadAdmin || others.hasAdmin else {
            throw SignInRefusal(.conflict, "\(name) is the last admin, and has to stay one.")
        }
        self = others
    }

    private static func check(_ name: String) throws(SignInRefusal) {
        guard LocalAccount.isName(name) else {
            throw SignInRefusal(
                .invalid, "A name has 1 to 40 small letters, digits and hyphens, and no hyphen at an end.")
        }
    }
}
