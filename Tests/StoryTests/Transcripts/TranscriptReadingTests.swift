import KubeClient
import KubeModel
import LocalCluster
import OperatorTestKit
import SkyfloAPI
import SkyfloCLI
import Testing

/// `kubectl skyflo transcript` through the API server's proxy to the operator, with its rights checked there.
@Suite struct TranscriptReadingTests {
    /// With a conversation `talk` that is over.
    private static func run(_ body: @escaping @Sendable (Story) async throws -> Void) async throws {
        try await Story.run(nil) { story in
            let site = LiveSite(story)
            try await story.withOperator(ScriptedModel(.says("It is a shop.")), live: site.configuration) {
                try await story.ask("what is this?")
                try await story.untilPhase(.completed)
                try await eventually("the operator can be reached") { site.port != nil }
                try await body(story)
            }
        }
    }

    private static func grant(_ role: String, to user: String, namespace: String = Story.namespace, _ story: Story)
        async throws
    {
        try await story.apply(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: \(role)-\(user), namespace: \(namespace)}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: \(role)}
            subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: \(user)}]
            """)
    }

    /// Reads it as somebody: with a token, or, where that is nil, with a certificate only.
    private static func read(
        as user: String, token: String? = nil, impersonating other: String? = nil, callerToken: String? = nil,
        _ story: Story
    ) async throws -> String {
        var endpoint = story.endpoint
        if let token { endpoint.token = token }
        let certificate = token == nil ? try story.endpoint.clientCertificate(user: user, groups: []) : nil
        var configuration = try ClusterConfiguration.kubeconfig(text: endpoint.kubeconfig(certificate: certificate))
        if let other { configuration.impersonation = Impersonation(user: other) }
        var options = KubeClient.Options()
        options.callerToken = callerToken
        let screen = CommandLineStoryTests.Screen()
        return try await withKubeClient(configuration, logger: story.logger, options: options) { client in
            _ = try await TranscriptAction("talk").perform(in: screen.session(story, as: client))
            return screen.out
        }
    }

    @Test func `who may get conversations/transcript reads it, and needs no Secret for it`() async throws {
        try await Self.run { story in
            try await Self.grant("skyflo-transcript-reader", to: "alice", story)
            let token = story.cluster.addUser("alice", groups: [])
            let text = try await Self.read(as: "alice", token: token, story)
            #expect(text.contains("you: what is this?") && text.contains("co-pilot: It is a shop."), "\(text)")
        }
    }

    @Test func `the right for another namespace, or to get the conversation, is none`() async throws {
        try await Self.run { story in
            try await Self.grant("skyflo-viewer", to: "bob", story)
            _ = try await story.api.create(KubeObject(.namespaces, name: "billing"), in: .namespaces)
            try await Self.grant("skyflo-transcript-reader", to: "bob", namespace: "billing", story)
            let token = story.cluster.addUser("bob", groups: [])
            let error = await #expect(throws: CommandError.self) { try await Self.read(as: "bob", token: token, story) }
            #expect(
                error?.message.contains("bob may not get the transcript of conversation shop/talk") == true,
                "\(error?.message ?? "")")
        }
    }

    @Test func `with a client certificate only one is told how to get a token, and reads with it`() async throws {
        try await Self.run { story in
            try await Self.grant("skyflo-viewer", to: "carol", story)
            let error = await #expect(throws: CommandError.self) { try await Self.read(as: "carol", story) }
            #expect(error?.message.contains("kubectl create token") == true, "\(error?.message ?? "")")
            try await story.apply(
                """
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: auditor, namespace: shop}
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: auditor, namespace: shop}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: skyflo-transcript-reader}
                subjects: [{kind: ServiceAccount, name: auditor, namespace: shop}]
                """)
            let token = try await story.api.requestToken(serviceAccount: "auditor", namespace: "shop").token
            let text = try await Self.read(as: "carol", callerToken: token, story)
            #expect(text.contains("co-pilot: It is a shop."))
        }
    }

    /// The proxy takes the headers of impersonation for itself: the operator hears of it by others.
    @Test func `who impersonates somebody reads what that person may read`() async throws {
        try await Self.run { story in
            try await Self.grant("skyflo-transcript-reader", to: "alice", story)
            try await Self.grant("skyflo-viewer", to: "bob", story)
            let text = try await Self.read(as: "admin", token: story.endpoint.token, impersonating: "alice", story)
            #expect(text.contains("co-pilot: It is a shop."))
            await #expect(throws: CommandError.self) {
                try await Self.read(as: "admin", token: story.endpoint.token, impersonating: "bob", story)
            }
        }
    }
}
