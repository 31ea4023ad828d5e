import HTTPTransport
import KubeClient
import KubeModel
import Logging

/// Who is signed in by a provider or by a local account: sessions in Secrets, shared by all replicas.
///
/// ## Guarantees
/// - Nobody is served as a user or with a group of the cluster's own (``PersonIdentity``).
/// - A session that has ended, an account that was deactivated and a role that was taken away count at the next request, on
///   every replica.
/// - A refresh token that was used before ends its session.
/// - No token, password or code is logged, but the set-up code, by whoever asks ``LocalAccounts/setUpCode()``.
package struct SignInService: Sendable {
    package struct Configuration: Sendable {
        package var hasLocalAccounts = false
        package var provider: ProviderSettings?
        package var proxies = ProxyEnvironment()
        /// Of the passwords that tests choose.
        var passwordCost = PasswordHash.Cost.usual

        package init() {}
    }

    package let accounts: LocalAccounts?
    package let provider: ProviderSignIn?
    let store: SessionStore
    let keys: ServerKeys
    let groups: ImpersonableGroups
    let now: @Sendable () -> KubeTime
    let logger: Logger

    package init(
        _ configuration: Configuration, secrets: SignInSecrets, logger: Logger, now: @escaping @Sendable () -> KubeTime
    ) {
        keys = ServerKeys(secrets.keys, now: now)
        store = SessionStore(secrets: secrets, now: now)
        groups = ImpersonableGroups(api: secrets.api)
        accounts =
            configuration.hasLocalAccounts
            ? LocalAccounts(secrets, hasher: PasswordHasher(cost: configuration.passwordCost), now: now) : nil
        provider = configuration.provider.map { [keys] in
            ProviderSignIn($0, keys: keys, proxies: configuration.proxies, now: now)
        }
        self.now = now
        self.logger = logger
    }

    // MARK: Sessions

    /// What a browser gets when somebody signs in, or a session goes on.
    package struct Tokens: Sendable {
        package var access: String
        /// nil where the browser has a newer one already.
        package var refresh: String?
        /// Seconds until the session ends at the latest.
        package var lifetime: Int
        package var user: String
        /// Where the person wanted to go.
        package var goBack: String?
    }

    /// Somebody whose session goes on.
    package struct SignedIn: Sendable {
        package var session: SessionRecord
        package var identity: PersonIdentity
        /// nil for somebody of a provider.
        package var account: LocalAccount?
    }

    package enum Arrival: Sendable {
        case signedIn(SignedIn)
        /// The token was ours, and its time is over: the browser may have a refresh token.
        case expired
        case unknown
    }

    /// Whose request it is.
    /// - Throws: what keeps the API server from answering.
    package func arrival(_ accessToken: String) async throws -> Arrival {
        guard let token = try await AccessToken.read(accessToken, keys: keys) else { return .unknown }
        guard now() < token.expiresAt else { return .expired }
        return try await find(token.session, user: token.user).map(Arrival.signedIn) ?? .unknown
    }

    private func find(_ id: String, user: String) async throws -> SignedIn? {
        guard let session = try await store.find(id), session.user == user else { return nil }
        return try await signedIn(session)
    }

    /// - Returns: nil where the session doesn't count any more.
    func signedIn(_ session: SessionRecord) async throws -> SignedIn? {
        switch session.origin {
        case .provider:
            guard provider != nil, let identity = try? PersonIdentity(user: session.user, groups: session.groups) else {
                return nil
            }
            return SignedIn(session: session, identity: identity)
        case .local:
            guard let accounts, let account = try await accounts.find(Self.accountName(of: session.user)),
                account.state == .active, account.epoch == session.epoch,
                let identity = try? PersonIdentity(user: account.user, groups: account.groups)
            else { return nil }
            return SignedIn(session: session, identity: identity, account: account)
        }
    }

    private static func accountName(of user: String) -> String {
        String(user.dropFirst(PersonIdentity.localPrefix.count))
    }

    /// Signs somebody in by name and password.
    /// - Throws: ``SignInRefusal``.
    package func signIn(name: String, password: String, agent: String) async throws -> Tokens {
        guard let accounts else { throw LocalAccounts.wrong }
        let account = try await accounts.signIn(name: name, password: password)
        return try await open(
            .local, user: account.user, groups: [], epoch: account.epoch, agent: agent,
            age: SessionRecord.ageSeconds)
    }

    /// Signs somebody in whom the provider sent back.
    /// - Throws: ``SignInRefusal``.
    package func finish(_ query: [String: String], sealed: String?, agent: String) async throws -> Tokens {
        guard let provider else { throw ProviderSignIn.strange }
        let person = try await provider.finish(query, sealed: sealed)
        var tokens = try await open(
            .provider, user: person.identity.user, groups: try await groups.among(person.identity.groups), epoch: 0,
            agent: agent,
            age: person.refreshToken == nil ? SessionRecord.uncheckedSeconds : SessionRecord.ageSeconds,
            provider: (person.refreshToken, person.subject))
        tokens.goBack = person.goBack
        return tokens
    }

    private func open(
        _ origin: SessionRecord.Origin, user: String, groups: [String], epoch: Int, agent: String, age: Double,
        provider: (token: String?, subject: String)? = nil
    ) async throws -> Tokens {
        let moment = now()
        let (record, token) = try await store.open { id, digest in
            var record = SessionRecord(
                id: id, origin: origin, user: user, startedAt: moment, usedAt: moment,
                expiresAt: moment.adding(seconds: age), formKey: SecretText.random(), agent: SessionRecord.brief(agent),
                refreshDigest: digest, rotatedAt: moment, checkedAt: moment)
            (record.groups, record.epoch, record.seed) = (groups, epoch, SecretText.random())
            (record.providerToken, record.subject) = (provider?.token, provider?.subject)
            return record
        }
        logger.info("somebody signed in", metadata: ["user": "\(user)", "by": "\(origin.rawValue)"])
        return try await tokens(of: record, refresh: token)
    }

    func tokens(of record: SessionRecord, refresh: String?) async throws -> Tokens {
        let access = AccessToken(session: record.id, user: record.user, at: now())
        return Tokens(
            access: try await access.signed(with: try await keys.current()), refresh: refresh,
            lifetime: max(1, Int(record.expiresAt.seconds(since: now()))), user: record.user)
    }

    /// The person's sessions, the newest first.
    package func sessions(of person: SignedIn) async throws -> [SessionRecord] {
        let epoch = person.account?.epoch
        return try await store.all(of: person.session.user).filter { epoch == nil || $0.epoch == epoch }
    }

    /// Whether what is open for somebody may go on: the session is there, and says the same of them.
    /// - Throws: what keeps the API server from answering.
    package func stillCounts(_ person: SignedIn) async throws -> Bool {
        try await find(person.session.id, user: person.session.user)?.identity == person.identity
    }

    /// Ends the session that a token belongs to, also one whose token has expired.
    /// - Returns: the session's id; nil where the token is none of ours.
    @discardableResult
    package func end(accessToken: String) async throws -> String? {
        guard let token = try await AccessToken.read(accessToken, keys: keys) else { return nil }
        try await store.end(token.session)
        return token.session
    }

    /// Ends all sessions of a person.
    package func endAll(of person: SignedIn) async throws {
        if let accounts, let account = person.account { try await accounts.endSessions(of: account.name) }
        try await store.endAll(of: person.session.user)
    }

    /// Ends what is stored of the sessions of a local account; that they don't count any more, the account itself says.
    package func removeSessions(of name: String) async throws {
        try await store.endAll(of: PersonIdentity.localPrefix + name)
    }

    /// Changes the password; all sessions end, this one too.
    /// - Throws: ``SignInRefusal``.
    package func changePassword(of person: SignedIn, from old: String, to new: String) async throws {
        guard let accounts, let account = person.account else {
            throw SignInRefusal(.forbidden, "You have no local account, and so no password here.")
        }
        try await accounts.changePassword(of: account.name, from: old, to: new)
        try await store.endAll(of: account.user)
    }
}
