import Concurrency
import KubeModel
import Logging

/// Going on with a session.
extension SignInService {
    /// How long a request waits for another one that asks the provider.
    private static let waiting = Duration.seconds(30)
    private static let pause = Duration.milliseconds(250)

    /// Goes on with a session.
    ///
    /// - Parameters:
    ///   - text: the refresh token.
    ///   - access: the access token that came along, also one that is over. A refresh token of another session may have been put
    ///     into the browser by somebody else, and counts for nothing.
    /// - Returns: nil where it doesn't go on: the person has to sign in.
    package func refresh(_ text: String, shownWith access: String?) async throws -> Tokens? {
        guard let access, let token = RefreshToken(text),
            try await AccessToken.read(access, keys: keys)?.session == token.session
        else { return nil }
        return try await refresh(text)
    }

    func refresh(_ text: String) async throws -> Tokens? {
        guard let token = RefreshToken(text) else { return nil }
        let deadline = ContinuousClock.now + Self.waiting
        while true {
            switch try await store.rotate(token) {
            case .toBeAsked(let record):
                guard let answered = try await asked(about: record) else {
                    try await store.end(record.id)
                    return nil
                }
                return try await goOn(try await store.rotate(token, answered: answered))
            case .isBeingAsked:
                guard .now < deadline else {
                    throw SignInRefusal(.unavailable, "The provider doesn't answer. Try again in a moment.")
                }
                try await Concurrency.sleep(for: Self.pause)
            case let rotation: return try await goOn(rotation)
            }
        }
    }

    private func goOn(_ rotation: SessionBook.Rotation) async throws -> Tokens? {
        switch rotation {
        case .none, .toBeAsked, .isBeingAsked: return nil
        case .reused(let user):
            logger.warning(
                "a refresh token was shown that had been used: its session was ended", metadata: ["user": "\(user)"])
            return nil
        case .rotated(let record, let token), .repeated(let record, let token):
            guard try await signedIn(record) != nil else {
                try await store.end(record.id)
                return nil
            }
            return try await tokens(of: record, refresh: token)
        }
    }

    /// Asks the provider; what keeps it from being asked lets others ask.
    /// - Returns: nil where the session has to end.
    private func asked(about record: SessionRecord) async throws -> SessionRecord? {
        do {
            return try await checked(record)
        } catch {
            try? await store.update(record.id) { $0.askedUntil = nil }
            throw error
        }
    }

    /// Asks the provider again; groups that changed there count from now on.
    private func checked(_ record: SessionRecord) async throws -> SessionRecord? {
        guard let provider, let token = record.providerToken, let subject = record.subject else { return nil }
        var changed = record
        do {
            let answer = try await provider.again(token, subject: subject)
            changed.providerToken = answer.refreshToken ?? token
            // Without a new word about who it is, the last one counts for its time, and no longer.
            guard let identity = answer.identity else { return isPatient(with: record) ? changed : nil }
            guard identity.user == record.user else { return nil }
            changed.groups = try await groups.among(identity.groups)
            changed.checkedAt = now()
            return changed
        } catch let error as CancellationError {
            throw error
        } catch let refusal as SignInRefusal where refusal.kind != .unavailable && refusal.kind != .tooMany {
            logger.notice("a provider's session ended", metadata: ["user": "\(record.user)", "why": "\(refusal)"])
            return nil
        } catch {
            logger.warning(
                "it isn't known whether somebody is still who they were", metadata: ["why": "\(error)"])
            // That says nothing for now; after a while it is as a no.
            return isPatient(with: record) ? changed : nil
        }
    }

    private func isPatient(with record: SessionRecord) -> Bool {
        now().seconds(since: record.checkedAt) < SessionRecord.outageSeconds
    }
}
