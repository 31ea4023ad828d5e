import Crypto
import FoundationEssentials
import KubeModel
import Testing

@testable import SignIn

@Suite struct SessionTests {
    @Test func `a session counts on every replica until it ends`() async throws {
        let replica = Replica()
        try await replica.setUp()
        let tokens = try await replica.signIn("root")
        let other = Replica(replica.server, clock: replica.clock)
        #expect(try await other.person(tokens.access)?.identity.user == "skyflo:root")
        try await other.service.end(accessToken: tokens.access)
        #expect(try await replica.person(tokens.access) == nil)
        let refresh = try #require(tokens.refresh)
        #expect(try await replica.service.refresh(refresh) == nil)
        #expect(!replica.server.text.contains(refresh.suffix(64)))
    }

    @Test func `an access token is over after a quarter of an hour, and goes on by the refresh token`() async throws {
        let replica = Replica()
        try await replica.setUp()
        let tokens = try await replica.signIn("root")
        replica.clock.pass(901)
        guard case .expired = try await replica.service.arrival(tokens.access) else {
            Issue.record("not expired")
            return
        }
        let next = try #require(try await replica.refreshed(tokens.refresh))
        #expect(try await replica.person(next.access) != nil)
        #expect(next.refresh != nil && next.refresh != tokens.refresh)
        // It ends where nobody comes for half a day.
        replica.clock.pass(12 * 3600 + 1)
        #expect(try await replica.refreshed(next.refresh) == nil)
    }

    @Test func `a refresh token that was used ends the session of whoever has it`() async throws {
        let replica = Replica()
        try await replica.setUp()
        let stolen = try #require(try await replica.signIn("root").refresh)
        let own = try #require(try await replica.service.refresh(stolen))
        // Two pages of one browser may come at the same moment.
        let twin = try #require(try await replica.service.refresh(stolen))
        #expect(twin.refresh == own.refresh)
        replica.clock.pass(SessionRecord.graceSeconds + 1)
        #expect(try await replica.service.refresh(stolen) == nil)
        #expect(try await replica.refreshed(own.refresh) == nil)
        #expect(try await replica.person(own.access) == nil)
    }

    @Test func `an answer that got lost can be asked for again, and the session goes on`() async throws {
        let replica = Replica()
        try await replica.setUp()
        let first = try await replica.signIn("root").refresh
        _ = try #require(try await replica.refreshed(first))
        replica.clock.pass(20)
        let second = try #require(try await replica.refreshed(first))
        for _ in 0..<3 {
            replica.clock.pass(900)
            #expect(try await replica.person(second.access) == nil)
        }
        let third = try #require(try await replica.refreshed(second.refresh))
        #expect(try await replica.person(third.access) != nil)
    }

    @Test func `a refresh token counts only beside an access token of the same session`() async throws {
        let replica = Replica()
        try await replica.setUp()
        try await replica.add("mallory")
        let (victim, mallory) = (try await replica.signIn("root"), try await replica.signIn("mallory"))
        let planted = try #require(mallory.refresh)
        let before = replica.server.requests
        for access in [victim.access, nil, "", "a.b.c"] {
            #expect(try await replica.service.refresh(planted, shownWith: access) == nil)
        }
        // Nor does the API server hand anything out for it.
        #expect(replica.server.requests == before)
        replica.clock.pass(1000)
        #expect(try await replica.service.refresh(planted, shownWith: mallory.access)?.user == "skyflo:mallory")
        #expect(try await replica.service.refresh(victim.refresh ?? "", shownWith: victim.access) != nil)
    }

    @Test func `of many that go on at once, all get the same next token`() async throws {
        let replica = Replica()
        try await replica.setUp()
        let token = try #require(try await replica.signIn("root").refresh)
        let next = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await Replica(replica.server, clock: replica.clock).service.refresh(token)?.refresh
                }
            }
            return try await group.reduce(into: [String]()) { if let token = $1 { $0.append(token) } }
        }
        #expect(next.count == 8 && Set(next).count == 1)
    }

    @Test(arguments: [
        "", "x", ".", "a.b", String(repeating: "0", count: 32) + "." + String(repeating: "0", count: 64),
        "../../../../x." + String(repeating: "0", count: 64), String(repeating: "f", count: 5000),
    ])
    func `what is no refresh token opens nothing`(text: String) async throws {
        let replica = Replica()
        #expect(try await replica.service.refresh(text) == nil)
    }

    @Test func `roles and deactivation count at the next request, a password change ends all sessions`() async throws {
        let replica = Replica()
        try await replica.setUp()
        try await replica.add("alice", roles: [.requester, .approver])
        let (one, two) = (try await replica.signIn("alice"), try await replica.signIn("alice"))
        #expect(try await replica.person(one.access)?.identity.groups == ["skyflo:approvers", "skyflo:requesters"])
        try await replica.accounts.setRoles(of: "alice", to: [.viewer])
        let person = try #require(try await replica.person(one.access))
        #expect(person.identity.groups == ["skyflo:viewers"])
        #expect(try await replica.service.sessions(of: person).count == 2)

        await #expect(throws: SignInRefusal.self) {
            try await replica.service.changePassword(of: person, from: "wrong wrong wrong", to: "another good password")
        }
        #expect(try await replica.person(two.access) != nil)
        try await replica.service.changePassword(of: person, from: Replica.password, to: "another good password")
        for tokens in [one, two] {
            #expect(try await replica.person(tokens.access) == nil)
            #expect(try await replica.refreshed(tokens.refresh) == nil)
        }
        let new = try await replica.service.signIn(name: "alice", password: "another good password", agent: "")
        try await replica.accounts.deactivate("alice")
        #expect(try await replica.person(new.access) == nil)
        try await replica.accounts.reactivate("alice")
        #expect(try await replica.person(new.access) == nil)
    }

    @Test func `signing out everywhere leaves nothing`() async throws {
        let replica = Replica()
        try await replica.setUp()
        let all = [
            try await replica.signIn("root"), try await replica.signIn("root"), try await replica.signIn("root"),
        ]
        try await replica.service.endAll(of: try #require(try await replica.person(all[1].access)))
        for tokens in all { #expect(try await replica.person(tokens.access) == nil) }
    }

    // MARK: Tokens that others make

    @Test func `only what this server signed, in its way, is an access token`() async throws {
        let replica = Replica()
        try await replica.setUp()
        let token = try await replica.signIn("root").access
        let parts = token.split(separator: ".").map(String.init)
        let key = try await replica.keys.current()
        func encoded(_ json: JSONValue) -> String { Base64.encodeURL(Array(JSONWriter.string(json).utf8)) }
        var forged = [
            parts[0] + "." + parts[1] + ".", parts[0] + "." + parts[1], token + ".", token + "A", "a.b.c", "",
            // Without a signature.
            encoded(["alg": "none", "kid": .string(key.id)]) + "." + parts[1] + ".",
            encoded(["alg": "none"]) + "." + parts[1] + "." + parts[2],
            String(repeating: "a", count: 9000),
        ]
        // With a secret that everybody knows: the public key.
        let header = encoded(["alg": "HS256", "kid": .string(key.id), "typ": "JWT"])
        let publicKey = try Curve25519.Signing.PrivateKey(rawRepresentation: key.signing).publicKey.rawRepresentation
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("\(header).\(parts[1])".utf8), using: SymmetricKey(data: publicKey))
        forged.append("\(header).\(parts[1]).\(Base64.encodeURL(Array(code)))")
        // With a key of somebody else, under our key's name.
        let own = ServerKey.new(at: replica.clock.now)
        let strange = ServerKey(id: key.id, signing: own.signing, sealing: own.sealing, createdAt: own.createdAt)
        let claims = AccessToken(session: "a", user: "skyflo:root", at: replica.clock.now)
        forged.append(try await claims.signed(with: strange))
        forged.append(try await claims.signed(with: own))
        // Somebody else's claims under our signature.
        forged.append("\(parts[0]).\(encoded(["sub": "skyflo:other"])).\(parts[2])")
        for text in forged {
            guard case .unknown = try await replica.service.arrival(text) else {
                Issue.record("taken: \(text.prefix(40))")
                continue
            }
        }
        #expect(try await replica.person(token) != nil)
    }

    @Test func `keys change, and what was signed before still counts for its time`() async throws {
        let replica = Replica()
        try await replica.setUp()
        let old = try await replica.keys.current()
        replica.clock.pass(ServerKey.useSeconds - 1)
        let tokens = try await replica.signIn("root")
        replica.clock.pass(2)
        let new = try await replica.keys.current()
        #expect(new.id != old.id)
        #expect(try await replica.person(tokens.access) != nil)
        let other = Replica(replica.server, clock: replica.clock)
        #expect(try await other.person(try await replica.signIn("root").access) != nil)
        replica.clock.pass(ServerKey.graceSeconds + 1)
        guard case .unknown = try await replica.service.arrival(tokens.access) else {
            Issue.record("the old key still counts")
            return
        }
    }

    @Test func `what is sealed for one purpose, by another server or changed doesn't open`() async throws {
        let replica = Replica()
        let key = try await replica.keys.current()
        let text = try Sealed.seal(["a": 1], for: "one", with: key)
        #expect(try await Sealed.open(text, for: "one", with: replica.keys) == ["a": 1])
        #expect(try await Sealed.open(text, for: "two", with: replica.keys) == nil)
        #expect(try await Sealed.open(String(text.dropLast(2)) + "AA", for: "one", with: replica.keys) == nil)
        #expect(try await Sealed.open(text, for: "one", with: Replica().keys) == nil)
        for bad in ["", ".", "\(key.id).", "\(key.id).AAAA", "x", String(repeating: "a", count: 5000)] {
            #expect(try await Sealed.open(bad, for: "one", with: replica.keys) == nil)
        }
    }

    @Test func `the Secrets of sessions stay small`() throws {
        let clock = TestClock()
        var book = SessionBook([:])
        for number in 0..<300 {
            clock.pass(1)
            book.add(
                SessionRecord(
                    id: "s\(number)", origin: .local, user: "u\(number)", startedAt: clock.now, usedAt: clock.now,
                    expiresAt: clock.now.adding(seconds: 100_000), formKey: "f", agent: "", refreshDigest: "d",
                    rotatedAt: clock.now, checkedAt: clock.now), at: clock.now)
        }
        #expect(book.sessions.count == SessionBook.limit && book.sessions["s299"] != nil && book.sessions["s0"] == nil)
        #expect(SessionBook(book.entries).sessions == book.sessions)
    }

    private func record(_ id: String, user: String, at now: KubeTime) -> SessionRecord {
        SessionRecord(
            id: id, origin: .provider, user: user, startedAt: now, usedAt: now, expiresAt: now.adding(seconds: 100_000),
            formKey: "f", agent: "", refreshDigest: "d", rotatedAt: now, checkedAt: now)
    }

    @Test func `who signs in again and again ends sessions of their own, and no others`() {
        let clock = TestClock()
        var book = SessionBook([:])
        book.add(record("other", user: "other", at: clock.now), at: clock.now)
        for number in 0..<500 {
            clock.pass(1)
            book.add(record("s\(number)", user: "u", at: clock.now), at: clock.now)
        }
        #expect(book.sessions["other"] != nil && book.sessions["s499"] != nil)
        #expect(book.sessions.count == SessionBook.limitPerUser + 1)
    }

    @Test func `large sessions leave room to sign in, and to go on`() throws {
        let clock = TestClock()
        var book = SessionBook([:])
        for number in 0..<200 {
            clock.pass(1)
            var large = record("s\(number)", user: "u\(number)", at: clock.now)
            large.providerToken = String(repeating: "t", count: 4096)
            large.groups = (0..<100).map { "a-group-with-a-name-of-some-length-\($0)" }
            book.add(large, at: clock.now)
            let size = book.entries.reduce(0) { $0 + JSONWriter.string($1.value).utf8.count * 4 / 3 }
            try #require(size <= SessionBook.sizeLimit)
            #expect(book.sessions["s\(number)"] == large)
        }
        #expect(book.sessions.count > 20)
    }

    @Test func `what a browser calls itself is cut by its bytes`() async throws {
        let replica = Replica()
        try await replica.setUp()
        // One character for whoever counts those.
        let agent = "a" + String(repeating: "\u{301}", count: 30_000)
        let tokens = try await replica.service.signIn(name: "root", password: Replica.password, agent: agent)
        let session = try #require(try await replica.person(tokens.access)?.session)
        #expect((100...SessionRecord.agentLimit).contains(session.agent.utf8.count))
        #expect(replica.server.text.utf8.count < 5000)
        #expect(SessionRecord.brief("Mozilla/5.0 é") == "Mozilla/5.0 é")
    }

    @Test func `while one request asks the provider another waits, and the token is used up afterwards`() throws {
        let clock = TestClock()
        var book = SessionBook([:])
        let token = RefreshToken(session: String(repeating: "0", count: 32))
        var session = record(token.session, user: "u", at: clock.now)
        (session.refreshDigest, session.providerToken) = (token.digest, "p")
        book.add(session, at: clock.now)
        guard case .toBeAsked(var answered) = book.rotate(token, at: clock.now) else {
            Issue.record("not asked")
            return
        }
        clock.pass(20)
        #expect(book.rotate(token, at: clock.now) == .isBeingAsked)
        // Whoever asked is gone: the token still counts.
        clock.pass(SessionRecord.askingSeconds)
        guard case .toBeAsked = book.rotate(token, at: clock.now) else {
            Issue.record("not asked again")
            return
        }
        answered.groups = ["staff"]
        guard case .rotated(let rotated, let next) = book.rotate(token, answered: answered, at: clock.now) else {
            Issue.record("not rotated")
            return
        }
        #expect(rotated.groups == ["staff"] && rotated.askedUntil == nil)
        #expect(book.rotate(token, at: clock.now) == .repeated(rotated, token: next))
    }
}
