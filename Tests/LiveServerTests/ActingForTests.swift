import ControllerRuntime
import KubeClient
import KubeModel
import LiveEvents
import LocalCluster
import OperatorTestKit
import Testing

@testable import LiveServer

/// A server of web pages follows turns for the people who are signed in there.
@Suite struct ActingForTests {
    /// `web` may act for the user alice and the group readers; only readers may see conversations.
    private static func run(_ body: (LiveSetting, LiveWorker, _ token: String) async throws -> Void) async throws {
        try await LiveSetting.run { setting in
            let web = setting.cluster.cluster.addUser("web", groups: [])
            for text in [
                """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRole
                metadata: {name: web}
                rules:
                  - {apiGroups: [""], resources: [users], resourceNames: [alice], verbs: [impersonate]}
                  - {apiGroups: [""], resources: [groups], resourceNames: [readers], verbs: [impersonate]}
                """,
                """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRoleBinding
                metadata: {name: web}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: web}
                subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: web}]
                """,
                """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: readers, namespace: shop}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: skyflo-viewer}
                subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: readers}]
                """,
            ] { try await setting.cluster.apply(text) }
            try await setting.withWorker { worker in try await body(setting, worker, web) }
        }
    }

    private static func headers(_ user: String, groups: [String]) -> [(String, String)] {
        [("Skyflo-Impersonate-User", user)] + groups.map { ("Skyflo-Impersonate-Group", $0) }
    }

    @Test func `who may act for somebody follows with that person's rights, and with no others`() async throws {
        try await Self.run { setting, worker, web in
            try await setting.claim(worker)
            let turn = worker.begin()
            turn.pass([.token("first", count: 1)])
            try await SocketClient.run(worker, token: web, headers: Self.headers("alice", groups: ["readers"])) {
                client in
                try await eventually("it follows") { client.tokens == ["first"] }
                // Neither the person nor the group may stop it.
                guard case .refused(_, 403, let message) = try await client.ask(["type": "stop"]) else {
                    Issue.record("what came: \(client.answers)")
                    return
                }
                #expect(message.contains("alice"), "\(message)")
            }
            let cases: [([(String, String)], Int)] = [
                ([], 403), (Self.headers("alice", groups: []), 403), (Self.headers("bob", groups: ["readers"]), 403),
                (Self.headers("alice", groups: ["readers", "system:masters"]), 403),
                ([("Skyflo-Impersonate-Group", "readers")], 403), (Self.headers("", groups: ["readers"]), 403),
                (Self.headers("system:serviceaccount:shop:default", groups: ["readers"]), 403),
                ([("Impersonate-User", "alice"), ("Impersonate-Group", "system:masters")], 403),
            ]
            for (headers, status) in cases {
                let refused = await #expect(throws: SocketClient.Refused.self, "\(headers)") {
                    try await SocketClient.run(worker, token: web, headers: headers) { _ in }
                }
                #expect(refused?.status == status, "\(headers)")
            }
            let nobody = await #expect(throws: SocketClient.Refused.self) {
                try await SocketClient.run(
                    worker, token: "of-another-cluster", headers: Self.headers("alice", groups: ["readers"])
                ) { _ in }
            }
            #expect(nobody?.status == 401)
        }
    }

    @Test func `another worker that has the turn is told for whom it is, too`() async throws {
        try await Self.run { setting, worker, web in
            // May act for others, and see by itself: what is passed on without the person would be answered.
            try await setting.cluster.apply(
                """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: web-reads, namespace: shop}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: skyflo-viewer}
                subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: web}]
                """)
            try await setting.withWorker("two") { other in
                try await setting.claim(other)
                let turn = other.begin()
                turn.pass([.token("there", count: 1)])
                try await eventually("it is known who has the turn") {
                    worker.conversations.get(LiveSetting.key)?["status", "worker", "identity"]?.string == "two"
                }
                let people = Self.headers("alice", groups: ["readers"])
                try await SocketClient.run(worker, token: web, headers: people) { client in
                    try await eventually("it comes through") { client.tokens == ["there"] }
                }
                let refused = await #expect(throws: SocketClient.Refused.self) {
                    try await SocketClient.run(worker, token: web, headers: Self.headers("alice", groups: [])) { _ in }
                }
                #expect(refused?.status == 403)
            }
        }
    }
}
