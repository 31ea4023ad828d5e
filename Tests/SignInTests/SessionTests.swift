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
        #expect(twin.refresh == nil)
        replica.clock.pass(11)
        #expect(try await replica.service.refresh(stolen) == nil)
        #expect(try await replica.refreshed(own.refresh) == nil)
        #expect(try await replica.person(own.access) == nil)
    }

    @Test func `of many that go on at once, one gets the next token`() async throws {
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
        #expect(next.count == 1)
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
                    id: "s\(number)", origin: .local, user: "u", startedAt: clock.now, usedAt: clock.now,
                    expiresAt: clock.now.adding(seconds: 100_000), formKey: "f", agent: "", refreshDigest: "d",
                    rotatedAt: clock.now, checkedAt: clock.now), at: clock.now)
        }
        #expect(book.sessions.count == SessionBook.limit && book.sessions["s299"] != nil && book.sessions["s0"] == nil)
        #expect(SessionBook(book.entries).sessions == book.sessions)
    }
}
