import KubeModel
import Testing

@testable import SignIn

@Suite struct IdentityTests {
    @Test(arguments: [
        "system:admin", "SYSTEM:masters", "system:serviceaccount:shop:web", "", " system:masters",
        "a\nImpersonate-Group: b",
        "a\r\n", "a\0", "tail ", "\tsystem:masters", "a\u{7F}", "\u{A0}x", String(repeating: "a", count: 257),
    ])
    func `nobody becomes one of the cluster's own, by a name or by what it looks like on the way`(name: String) {
        #expect(throws: SignInRefusal.self) { try PersonIdentity(user: name, groups: []) }
        #expect(throws: SignInRefusal.self) { try PersonIdentity(user: "alice", groups: ["staff", name]) }
    }

    @Test func `people have names and groups as the cluster knows them`() throws {
        let person = try PersonIdentity(user: "https://id.example#älice", groups: ["b", "a", "b"])
        #expect(person.impersonation == Impersonation(user: "https://id.example#älice", groups: ["a", "b"]))
        #expect(throws: SignInRefusal.self) {
            try PersonIdentity(user: "alice", groups: (0..<300).map { "g\($0)" })
        }
    }

    private func mapping(_ change: (inout ProviderSettings) -> Void = { _ in }) -> ClaimMapping {
        var settings = ProviderSettings(issuer: "https://id.example", clientID: "c", externalURL: "https://web.example")
        settings.groupsClaim = "groups"
        change(&settings)
        return ClaimMapping(settings: settings)
    }

    @Test func `claims become a user and groups as kube-apiserver has them`() throws {
        let claims: JSONValue = [
            "sub": "7", "email": "a@b.example", "email_verified": true, "groups": ["x", "y"], "hd": "b",
        ]
        #expect(try mapping().identity(of: claims) == PersonIdentity(user: "https://id.example#7", groups: ["x", "y"]))
        let byMail = mapping {
            $0.usernameClaim = "email"
            $0.groupsPrefix = "oidc:"
            $0.requiredClaims = ["hd": "b"]
        }
        #expect(try byMail.identity(of: claims) == PersonIdentity(user: "a@b.example", groups: ["oidc:x", "oidc:y"]))
        let bare = mapping {
            $0.usernamePrefix = ""
            $0.groupsClaim = nil
        }
        #expect(try bare.identity(of: claims) == PersonIdentity(user: "7", groups: []))
        #expect(try mapping().identity(of: ["sub": "7", "groups": "one"]).groups == ["one"])
        #expect(try mapping().identity(of: ["sub": "7"]).groups == [])
    }

    @Test(
        arguments: [
            ["sub": "7", "groups": ["system:masters"]], ["sub": "7", "groups": ["skyflo:admins"]],
            ["sub": "7", "groups": [1]],
            ["sub": "7", "groups": ["a": "b"]], ["sub": 7], [:], ["sub": ""], ["sub": "7", "groups": ["a\nb"]],
            ["sub": "7", "groups": [""]],
        ] as [JSONValue])
    func `claims that nobody may have, or that aren't readable, are refused`(claims: JSONValue) {
        #expect(throws: SignInRefusal.self) { try mapping().identity(of: claims) }
    }

    @Test func `names without a prefix are not those of the cluster or of local accounts`() {
        let bare = mapping { $0.usernamePrefix = "" }
        for name in ["system:admin", "skyflo:root", "Skyflo:root"] {
            #expect(throws: SignInRefusal.self) { try bare.identity(of: ["sub": .string(name)]) }
        }
        let byMail = mapping { $0.usernameClaim = "email" }
        for verified in [false, "true", .null] as [JSONValue] {
            #expect(throws: SignInRefusal.self) {
                try byMail.identity(of: ["email": "a@b.example", "email_verified": verified])
            }
        }
        let required = mapping { $0.requiredClaims = ["hd": "b"] }
        for value in ["c", ["b"], .null] as [JSONValue] {
            #expect(throws: SignInRefusal.self) { try required.identity(of: ["sub": "7", "hd": value]) }
        }
    }

    @Test(arguments: [
        ("https://id.example", true), ("http://127.0.0.1:8080", true), ("http://localhost:8080/realm", true),
        ("http://id.example", false), ("https://id.example/?x=1", false), ("https://user@id.example", false),
        ("id.example", false), ("file:///etc", false), ("https://id.example/#a", false),
        ("http://127.0.0.1.evil.example", false),
    ])
    func `a provider is reached by TLS, or on this machine`(issuer: String, isGood: Bool) {
        let settings = ProviderSettings(issuer: issuer, clientID: "c", externalURL: "https://web.example/")
        #expect(((try? settings.validate()) != nil) == isGood)
        #expect(settings.redirectURL == "https://web.example/sign-in/oidc/callback")
    }
}
