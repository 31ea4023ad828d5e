import Foundation
import Installer
import KubeClient
import KubeModel
import LocalCluster
import OperatorTestKit
import SkyfloAPI
import SkyfloCLI
import Testing

/// `skyflo doctor` finds the faults that are planted in a cluster.
struct DoctorStoryTests {
    private static func doctor(_ api: any KubeAPI) async throws -> (status: SkyfloCLI.ExitStatus, findings: [JSONValue])
    {
        let screen = Screen()
        let status = try await DoctorAction(namespace: "skyflo-system", format: .json).perform(in: screen.session(api))
        return (status, try JSONParser.parse(screen.out)["findings"]?.array ?? [])
    }

    private static func installed(_ body: @escaping (TestCluster) async throws -> Void) async throws {
        try await TestCluster.run(.init()) { cluster in
            let action = InstallAction(objects: try installation(), namespace: "skyflo-system", timeout: .seconds(60))
            let screen = Screen()
            #expect(try await action.perform(in: screen.session(cluster.api)) == .success, "\(screen.said)")
            // The simulated pods run no program: what it would write.
            let now = KubeTime(seconds: Date().timeIntervalSince1970)
            let lease = KubeObject(
                .leases, namespace: "skyflo-system", name: "skyflo-1-worker",
                members: [
                    "spec": [
                        "holderIdentity": "skyflo-1", "leaseDurationSeconds": 15, "renewTime": .string(now.microTime),
                    ]
                ])
            _ = try await cluster.api.create(lease, in: .leases)
            try await cluster.apply(
                """
                apiVersion: skyflo.ai/v1
                kind: SkyfloAI
                metadata: {name: skyflo, namespace: skyflo-system}
                spec: {models: [{name: offline, provider: Offline}]}
                """)
            _ = try await cluster.api.patch(
                .skyfloAIs, namespace: "skyflo-system", name: "skyflo", subresource: "status",
                patch: .merge(["status": ["observedGeneration": 1]]))
            try await body(cluster)
        }
    }

    private static func faults(_ findings: [JSONValue]) -> [String] {
        findings.filter { $0["severity"] != "ok" }.map {
            "\($0["check"]?.string ?? ""): \($0["message"]?.string ?? "")"
        }
    }

    @Test func `a new installation is sound`() async throws {
        try await Self.installed { cluster in
            let (status, findings) = try await Self.doctor(cluster.api)
            #expect(status == .success)
            #expect(Self.faults(findings).isEmpty, "\(findings)")
            #expect(findings.count == 8)
        }
    }

    @Test func `each fault that is planted is found, and told with what mends it`() async throws {
        try await Self.installed { cluster in
            let api = cluster.api
            let roles = APIResource(
                group: "rbac.authorization.k8s.io", version: "v1", plural: "clusterroles", kind: "ClusterRole",
                namespaced: false)
            let policies = APIResource(
                group: "admissionregistration.k8s.io", version: "v1", plural: "validatingadmissionpolicybindings",
                kind: "ValidatingAdmissionPolicyBinding", namespaced: false)
            var rules = try await api.get(roles, name: "skyflo-operator")["rules"]?.array ?? []
            rules.removeAll { $0["verbs"]?.array?.contains("impersonate") == true }
            _ = try await api.patch(roles, name: "skyflo-operator", patch: .merge(["rules": .array(rules)]))
            _ = try await api.delete(policies, name: "skyflo-approvals")
            _ = try await api.patch(
                .skyfloAIs, namespace: "skyflo-system", name: "skyflo",
                patch: .merge([
                    "spec": [
                        "models": [
                            ["name": "m", "provider": "OpenAI", "model": "gpt", "apiKeySecretRef": ["name": "gone"]]
                        ]
                    ]
                ]))
            _ = try await api.patch(
                .skyfloAIs, namespace: "skyflo-system", name: "skyflo", subresource: "status",
                patch: .merge(["status": ["observedGeneration": 2]]))
            let (status, findings) = try await Self.doctor(api)
            #expect(status == .error)
            let faults = Self.faults(findings)
            #expect(
                faults.contains("Rights: the operator may not impersonate serviceaccounts cluster-wide"), "\(faults)")
            #expect(
                faults.contains("Approvals: the ValidatingAdmissionPolicyBinding skyflo-approvals is missing"),
                "\(faults)")
            #expect(
                faults.contains { $0.contains("names the Secret gone, which isn't in its namespace") }, "\(faults)")
            // What mends it, mends it.
            let mend = InstallAction(
                objects: try installation(), namespace: "skyflo-system", timeout: .seconds(60), force: true)
            #expect(try await mend.perform(in: Screen().session(api)) == .success)
            let left = Self.faults(try await Self.doctor(api).findings)
            #expect(left.count == 1 && left.first?.contains("Secret gone") == true, "\(left)")
        }
    }

    @Test func `an installation may do without components`() async throws {
        try await Self.installed { cluster in
            let lean = InstallAction(
                objects: try installation("rbac: {components: false}"), namespace: "skyflo-system",
                timeout: .seconds(60))
            let screen = Screen()
            #expect(try await lean.perform(in: screen.session(cluster.api)) == .success, "\(screen.said)")
            #expect(screen.out.contains("rolebinding.rbac.authorization.k8s.io/skyflo-components deleted"))
            let (status, findings) = try await Self.doctor(cluster.api)
            #expect(status == .success)
            let faults = Self.faults(findings)
            #expect(faults.count == 1 && faults.first?.contains("skyflo-components is missing") == true, "\(faults)")
        }
    }

    @Test func `an empty cluster lacks everything`() async throws {
        try await TestCluster.run(.init()) { cluster in
            let (status, findings) = try await Self.doctor(cluster.api)
            #expect(status == .error)
            let faults = Self.faults(findings)
            for what in ["the CRD conversations.skyflo.ai is missing", "Deployment skyflo-operator"] {
                #expect(faults.contains { $0.contains(what) }, "\(faults)")
            }
        }
    }

    @Test func `who may read little is told what was not looked at`() async throws {
        try await Self.installed { cluster in
            try await cluster.withUser("bob") { api in
                let (_, findings) = try await Self.doctor(api)
                let faults = Self.faults(findings)
                #expect(faults.contains { $0.contains("you may not read the operator's rights") }, "\(faults)")
                #expect(findings.allSatisfy { $0["severity"] != "error" }, "\(faults)")
            }
        }
    }
}
