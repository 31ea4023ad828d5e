import KubeModel
import Synchronization

/// The local accounts: who has one, and signing in with a password.
package struct LocalAccounts: Sendable {
    private static let codeKey = "code"

    private let secrets: SignInSecrets
    private let hasher: PasswordHasher
    private let now: @Sendable () -> KubeTime
    private let admins = KnownAdmins()

    /// When there was an admin last.
    private final class KnownAdmins: Sendable {
        static let seconds = 60.0
        let seenAt = Mutex<KubeTime?>(nil)
    }

    init(_ secrets: SignInSecrets, hasher: PasswordHasher, now: @escaping @Sendable () -> KubeTime) {
        (self.secrets, self.hasher, self.now) = (secrets, hasher, now)
    }

    // MARK: Reading

    /// By their names.
    package func all() async throws -> [LocalAccount] {
        try await book().accounts.values.sorted { $0.name < $1.name }
    }

    func find(_ name: String) async throws -> LocalAccount? { try await book().accounts[name] }

    private func book() async throws -> AccountBook { AccountBook(try await secrets.accounts.read()) }

    // MARK: The first admin

    /// Whether nobody could add accounts yet.
    package func needSetUp() async throws -> Bool { try await !book().hasAdmin }

    /// As ``needSetUp()``; that there is an admin is remembered for a minute, so that whoever asks for the page to sign in doesn't
    /// make the API server hand out all accounts each time.
    package func mayNeedSetUp() async throws -> Bool {
        if let seenAt = admins.seenAt.withLock(\.self), now().seconds(since: seenAt) < KnownAdmins.seconds {
            return false
        }
        let needed = try await needSetUp()
        admins.seenAt.withLock { $0 = needed ? nil : now() }
        return needed
    }

    /// Makes the one-time code for the first admin where there has to be one, and takes it away where there is an admin.
    /// - Returns: the code; nil where there is an admin.
    package func setUpCode() async throws -> String? {
        guard try await needSetUp() else {
            try await secrets.setUp.change { $0[Self.codeKey] = nil }
            return nil
        }
        return try await secrets.setUp.change { entries in
            if let code = entries[Self.codeKey]?.string { return code }
            let code = SecretText.random(bytes: 16)
            entries[Self.codeKey] = .string(code)
            return code
        }
    }

    /// Makes the first admin; the code is used up with it.
    /// - Throws: ``SignInRefusal``.
    package func setUp(code: String, name: String, password: String) async throws {
        let stored = try await secrets.setUp.read()[Self.codeKey]?.string
        guard let stored, SecretText.isEqual(stored, to: Self.plain(code)) else {
            throw SignInRefusal(
                .forbidden, "That isn't the set-up code. It stands in the server's log, and in a Secret beside it.")
        }
        try PasswordRules.check(password, of: name)
        let hash = try await hasher.hash(password)
        // Whoever comes second finds an admin, whatever code they have.
        try await change { book in try book.setUp(name, passwordHash: hash, at: now()) }
        try await secrets.setUp.change { $0[Self.codeKey] = nil }
    }

    /// As it is copied: the Secret has it in quotes.
    private static func plain(_ code: String) -> String { code.filter { !$0.isWhitespace && $0 != "\"" } }

    // MARK: Signing in

    static let wrong = SignInRefusal(.unauthorized, "The name or the password is wrong.")

    /// - Throws: ``SignInRefusal``; the same, and after as long a time, whether there is such an account or not.
    func signIn(name: String, password: String) async throws -> LocalAccount {
        guard !name.isEmpty, name.utf8.count <= 256, password.utf8.count <= 512 else { throw Self.wrong }
        let account = try await find(name)
        let stored = account?.state == .active ? account?.passwordHash : nil
        let answer = try await hasher.check(password, stored: stored)
        guard answer.isRight, let account, let stored else { throw Self.wrong }
        if let upgrade = answer.upgrade {
            try await change { book in book.upgrade(name, from: stored, to: upgrade) }
        }
        return account
    }

    /// - Throws: ``SignInRefusal``.
    func changePassword(of name: String, from old: String, to new: String) async throws {
        guard let account = try await find(name), account.state == .active, let stored = account.passwordHash,
            old.utf8.count <= 512, try await hasher.check(old, stored: stored).isRight
        else { throw SignInRefusal(.forbidden, "The present password is wrong. Nothing was changed.") }
        try PasswordRules.check(new, of: name)
        guard new != old else { throw SignInRefusal(.invalid, "The new password is the present one.") }
        let hash = try await hasher.hash(new)
        try await change { book in
            guard book.accounts[name]?.epoch == account.epoch else {
                throw SignInRefusal(.conflict, "The account was changed in the meantime. Nothing was done.")
            }
            try book.setPassword(of: name, to: hash)
        }
    }

    // MARK: Links

    /// Whether a link still counts.
    package func counts(_ code: String, for name: String) async throws -> Bool {
        try await book().hasInvitation(name, code: code, at: now())
    }

    /// Uses a link up: the person chooses a password.
    /// - Throws: ``SignInRefusal``.
    package func accept(_ code: String, name: String, password: String) async throws {
        guard try await counts(code, for: name) else { throw AccountBook.voidLink }
        try PasswordRules.check(password, of: name)
        let hash = try await hasher.hash(password)
        try await change { book in try book.accept(name, code: code, passwordHash: hash, at: now()) }
    }

    // MARK: What admins do

    /// - Parameter user: of the cluster, who adds it.
    /// - Returns: the code of the link, which is stored nowhere.
    /// - Throws: ``SignInRefusal``.
    package func add(_ name: String, roles: Set<AccountRole>, by user: String) async throws -> String {
        try await change { book in try book.add(name, roles: roles, by: user, at: now()) }
    }

    /// Takes the password away, and ends the sessions.
    /// - Returns: the code of a link to choose another.
    /// - Throws: ``SignInRefusal``.
    package func reset(_ name: String) async throws -> String {
        try await change { book in try book.reset(name, at: now()) }
    }

    /// - Throws: ``SignInRefusal``.
    package func setRoles(of name: String, to roles: Set<AccountRole>) async throws {
        try await change { book in try book.setRoles(of: name, to: roles) }
    }

    /// - Throws: ``SignInRefusal``.
    package func deactivate(_ name: String) async throws { try await change { book in try book.deactivate(name) } }

    /// - Throws: ``SignInRefusal``.
    package func reactivate(_ name: String) async throws { try await change { book in try book.reactivate(name) } }

    func endSessions(of name: String) async throws { try await change { book in try book.endSessions(of: name) } }

    private func change<Result: Sendable>(_ body: (inout AccountBook) throws -> Result) async throws -> Result {
        try await secrets.accounts.change { entries in
            var book = AccountBook(entries)
            let result = try body(&book)
            // What can't be read here (of a later version) stays as it is.
            entries.merge(book.entries) { $1 }
            return result
        }
    }
}
