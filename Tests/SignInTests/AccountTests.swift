import KubeModel
import Synchronization
import Testing

@testable import SignIn

@Suite struct AccountTests {
    private let wrong = "The name or the password is wrong."

    @Test func `the first admin is made once, with the code`() async throws {
        let replica = Replica()
        let accounts = try replica.accounts
        let code = try #require(try await accounts.setUpCode())
        #expect(try await accounts.setUpCode() == code)
        for bad in ["", "x", String(code.dropLast()), code + "0"] {
            await #expect(throws: SignInRefusal.self) {
                try await accounts.setUp(code: bad, name: "root", password: Replica.password)
            }
        }
        await #expect(throws: SignInRefusal.self) {
            try await accounts.setUp(code: code, name: "root", password: "short")
        }
        await #expect(throws: SignInRefusal.self) {
            try await accounts.setUp(code: code, name: "Root:x", password: Replica.password)
        }
        // As the Secret shows it.
        try await accounts.setUp(code: " \"\(code)\"\n", name: "root", password: Replica.password)
        #expect(try await accounts.setUpCode() == nil)
        #expect(!replica.server.text.contains(code) && !replica.server.text.contains(Replica.password))
        await #expect(throws: SignInRefusal.self) {
            try await accounts.setUp(code: code, name: "second", password: Replica.password)
        }
        #expect(
            try await replica.person(replica.signIn("root").access)?.identity.groups == [
                "skyflo:admins", "skyflo:requesters",
            ])
    }

    @Test func `two who set up at once make one admin`() async throws {
        let replica = Replica()
        let accounts = try replica.accounts
        let code = try #require(try await accounts.setUpCode())
        let made = await withTaskGroup(of: Bool.self) { group in
            for name in ["one", "two", "three"] {
                group.addTask { (try? await accounts.setUp(code: code, name: name, password: Replica.password)) != nil }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(made == 1)
        #expect(try await accounts.all().count == 1)
    }

    @Test func `a link counts once, for a day, and only the last one`() async throws {
        let replica = Replica()
        try await replica.setUp()
        let accounts = try replica.accounts
        let first = try await accounts.add("alice", roles: [.requester], by: "skyflo:root")
        #expect(!replica.server.text.contains(first))
        await #expect(throws: SignInRefusal.self) {
            try await accounts.add("alice", roles: [.requester], by: "skyflo:root")
        }
        let second = try await accounts.reset("alice")
        #expect(try await !accounts.counts(first, for: "alice"))
        #expect(try await !accounts.counts(second, for: "root"))
        await #expect(throws: SignInRefusal.self) {
            try await accounts.accept(first, name: "alice", password: Replica.password)
        }
        await #expect(throws: SignInRefusal.self) {
            try await accounts.accept(second, name: "alice", password: "alice")
        }
        await #expect(throws: SignInRefusal(.unauthorized, wrong)) { try await replica.signIn("alice") }
        try await accounts.accept(second, name: "alice", password: Replica.password)
        await #expect(throws: SignInRefusal.self) {
            try await accounts.accept(second, name: "alice", password: Replica.password)
        }
        _ = try await replica.signIn("alice")
        let third = try await accounts.reset("alice")
        replica.clock.pass(86_401)
        await #expect(throws: SignInRefusal.self) {
            try await accounts.accept(third, name: "alice", password: Replica.password)
        }
    }

    @Test func `the last admin stays one, whatever two admins do to each other`() async throws {
        let replica = Replica()
        try await replica.setUp()
        let accounts = try replica.accounts
        for change in [
            { try await accounts.deactivate("root") }, { try await accounts.setRoles(of: "root", to: [.requester]) },
            { _ = try await accounts.reset("root") },
        ] as [() async throws -> Void] {
            await #expect(throws: SignInRefusal.self) { try await change() }
        }
        // Somebody who hasn't chosen a password yet is no admin to rely on.
        _ = try await accounts.add("late", roles: [.admin], by: "skyflo:root")
        await #expect(throws: SignInRefusal.self) { try await accounts.deactivate("root") }
        try await replica.add("other", roles: [.admin])
        let done = await withTaskGroup(of: Bool.self) { group in
            for name in ["root", "other"] { group.addTask { (try? await accounts.deactivate(name)) != nil } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(done == 1)
        #expect(try await accounts.all().contains { $0.state == .active && $0.roles.contains(.admin) })
    }

    @Test func `a wrong name, a wrong password and a deactivated account are answered alike`() async throws {
        let replica = Replica()
        try await replica.setUp()
        try await replica.add("gone")
        try await replica.accounts.deactivate("gone")
        for (name, password) in [
            ("nobody", Replica.password), ("root", "four quiet words"), ("gone", Replica.password), ("", ""),
            ("root", String(repeating: "x", count: 10_000)), ("skyflo:root", Replica.password), ("../root", "x"),
        ] {
            await #expect(throws: SignInRefusal(.unauthorized, wrong)) {
                try await replica.service.signIn(name: name, password: password, agent: "")
            }
        }
    }

    @Test func `an unknown name takes as many derivations as a wrong password`() async throws {
        let count = Mutex(0)
        let hasher = PasswordHasher(cost: Replica.cost) { count.withLock { $0 += 1 } }
        let server = SecretsServer()
        let accounts = LocalAccounts(SignInSecrets(api: server, namespace: "skyflo-system"), hasher: hasher) {
            KubeTime(seconds: 1_800_000_000)
        }
        let code = try #require(try await accounts.setUpCode())
        try await accounts.setUp(code: code, name: "root", password: Replica.password)
        _ = try await accounts.add("invited", roles: [.viewer], by: "skyflo:root")
        let link = try await accounts.add("gone", roles: [.viewer], by: "skyflo:root")
        try await accounts.accept(link, name: "gone", password: Replica.password)
        try await accounts.deactivate("gone")
        for name in ["root", "nobody", "invited", "gone", "a:b"] {
            count.withLock { $0 = 0 }
            await #expect(throws: SignInRefusal.self) {
                try await accounts.signIn(name: name, password: "wrong wrong wrong")
            }
            #expect(count.withLock(\.self) == 1, "\(name)")
        }
    }

    @Test func `the page to sign in doesn't read the accounts each time, and finds out when all admins are lost`()
        async throws
    {
        let replica = Replica()
        #expect(try await replica.accounts.mayNeedSetUp())
        try await replica.setUp()
        #expect(try await !replica.accounts.mayNeedSetUp())
        let before = replica.server.requests.count
        for _ in 0..<10 { #expect(try await !replica.accounts.mayNeedSetUp()) }
        #expect(replica.server.requests.count == before)
        replica.clock.pass(61)
        #expect(try await !replica.accounts.mayNeedSetUp())
        #expect(replica.server.requests.count == before + 1)
    }

    @Test func `a hash of less cost is replaced when its password is shown`() async throws {
        let cheap = PasswordHasher(cost: .init(rounds: 10, blockSize: 1, parallelism: 1))
        let old = try await cheap.hash("a password of mine")
        let hasher = PasswordHasher(cost: .init(rounds: 11, blockSize: 1, parallelism: 1))
        let answer = try await hasher.check("a password of mine", stored: old)
        let upgrade = try #require(answer.upgrade)
        #expect(answer.isRight && upgrade.hasPrefix("scrypt$11$1$1$"))
        #expect(try await hasher.check("a password of mine", stored: upgrade) == (true, nil))
        #expect(try await !hasher.check("another", stored: upgrade).isRight)
        #expect(try await !hasher.check("a password of mine", stored: nil).isRight)
    }

    @Test func `scrypt is that of RFC 7914, and stored costs are not trusted`() throws {
        // Section 12: N = 1024, r = 8, p = 16; the first 32 bytes of 64.
        let derived = try PasswordHash.derive(
            "password", cost: .init(rounds: 10, blockSize: 8, parallelism: 16), salt: Array("NaCl".utf8))
        #expect(derived.hexadecimal == "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162")
        let usual = try PasswordHash(of: "password", cost: .usual)
        #expect(usual.text.hasPrefix("scrypt$15$8$3$"))
        #expect(try PasswordHash(usual.text)?.matches("password") == true)
        let rest = usual.text.dropFirst("scrypt$15$8$3".count)
        for cost in ["30$8$1", "15$99$1", "15$8$99", "0$8$1", "-1$8$1", "15$8", "x$8$1"] {
            #expect(PasswordHash("scrypt$\(cost)\(rest)") == nil)
        }
    }

    @Test(arguments: ["short", "aaaaaaaaaaaaaaaa", "alice's password", String(repeating: "abcdef", count: 30)])
    func `a password has to be long, of several characters, and without the name`(password: String) {
        #expect(throws: SignInRefusal.self) { try PasswordRules.check(password, of: "alice") }
    }

    @Test(arguments: ["a", "sre-lead", "x1"]) func `names are labels`(name: String) {
        #expect(LocalAccount.isName(name))
    }

    @Test(arguments: ["", "A", "a b", "a:b", "-a", "a-", "a/b", "a\n", "ä", "a.b", String(repeating: "a", count: 41)])
    func `and nothing else`(name: String) { #expect(!LocalAccount.isName(name)) }

    @Test func `other replicas that write at the same moment lose nothing`() async throws {
        let replica = Replica()
        try await replica.setUp()
        replica.server.conflict(3)
        _ = try await replica.accounts.add("alice", roles: [.viewer], by: "x")
        #expect(try await replica.accounts.all().map(\.name) == ["alice", "root"])
    }
}
