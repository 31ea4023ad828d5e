import KubeModel
import Testing

@testable import LocalCluster

/// Pods of workloads that an API server refuses: said by Events and conditions, and tried again when the cause is gone.
@Suite struct RefusedPodTests {
    private static let account: JSONValue = [
        "apiVersion": "v1", "kind": "ServiceAccount", "metadata": ["name": "runner"],
    ]

    private func manifest(_ kind: String, replicas: Int? = nil, account: String? = "runner") -> String {
        let job = kind == "Job"
        return """
            apiVersion: \(job ? "batch/v1" : "apps/v1")
            kind: \(kind)
            metadata: {name: web, namespace: default}
            spec:
            \(replicas.map { "  replicas: \($0)" } ?? "")
            \(job ? "" : "  selector: {matchLabels: {app: web}}")
              template:
                metadata: {labels: {app: web}}
                spec:
                  \(account.map { "serviceAccountName: \($0)" } ?? "enableServiceLinks: true")
                  \(job ? "restartPolicy: Never" : "restartPolicy: Always")
                  containers: [{name: c, image: c}]
            """
    }

    private func refusal(_ events: [String]) -> String? { events.first { $0.hasPrefix("FailedCreate: ") } }

    private static let noAccount =
        #"is forbidden: error looking up service account default/runner: serviceaccount "runner" not found"#

    @Test func `a Deployment whose ServiceAccount is missing says so, and goes on when it comes`() throws {
        let cluster = try Simulated()
        try cluster.create(manifest("Deployment", replicas: 2))
        let path = "/apis/apps/v1/namespaces/default/deployments/web"
        #expect(refusal(cluster.events(about: "ReplicaSet"))?.hasSuffix(Self.noAccount) == true)
        #expect(cluster.conditions(path).contains("ReplicaFailure"))
        let condition = cluster.get(path)["status", "conditions"]?.array?.first { $0["type"] == "ReplicaFailure" }
        #expect(condition?["reason"] == "FailedCreate")
        #expect(condition?["message"]?.string?.hasSuffix(Self.noAccount) == true)

        _ = cluster.api.send("POST", "/api/v1/namespaces/default/serviceaccounts", Self.account)
        cluster.settle()
        #expect(cluster.pods.count == 2)
        #expect(!cluster.conditions(path).contains("ReplicaFailure"))
        #expect(cluster.get(path)["status", "readyReplicas"] == 2)
    }

    @Test(arguments: ["StatefulSet", "DaemonSet", "Job"])
    func `every kind tries again`(_ kind: String) throws {
        let cluster = try Simulated()
        try cluster.create(manifest(kind))
        let event = try #require(refusal(cluster.events(about: kind)))
        let words =
            kind == "StatefulSet" ? "create Pod web-0 in StatefulSet web failed error: pods" : "Error creating: pods"
        #expect(event.hasPrefix("FailedCreate: \(words)") && event.hasSuffix(Self.noAccount))
        #expect(cluster.pods.isEmpty)
        _ = cluster.api.send("POST", "/api/v1/namespaces/default/serviceaccounts", Self.account)
        cluster.settle()
        #expect(cluster.pods.count == 1)
    }

    @Test func `what a quota holds back comes when there is more room`() throws {
        let cluster = try Simulated()
        try cluster.create(
            "{apiVersion: v1, kind: ResourceQuota, metadata: {name: few}, spec: {hard: {pods: 2}}}")
        try cluster.create(manifest("Deployment", replicas: 4, account: nil))
        #expect(cluster.pods.count == 2)
        #expect(
            refusal(cluster.events(about: "ReplicaSet"))?
                .hasSuffix("exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2") == true)
        cluster.patch("/api/v1/namespaces/default/resourcequotas/few", ["spec": ["hard": ["pods": "3"]]])
        #expect(cluster.pods.count == 3)
        cluster.patch("/apis/apps/v1/namespaces/default/deployments/web", ["spec": ["replicas": 3]])
        #expect(!cluster.conditions("/apis/apps/v1/namespaces/default/deployments/web").contains("ReplicaFailure"))
    }

    @Test func `a pod that goes makes room for one that was held back`() throws {
        let cluster = try Simulated()
        try cluster.create(
            "{apiVersion: v1, kind: ResourceQuota, metadata: {name: few}, spec: {hard: {pods: 1}}}")
        try cluster.create(
            "{apiVersion: v1, kind: Pod, metadata: {name: alone}, spec: {containers: [{name: c, image: c}]}}")
        try cluster.create(manifest("Deployment", replicas: 1, account: nil))
        #expect(cluster.pods.map(\.name) == ["alone"])
        _ = cluster.api.send("DELETE", "/api/v1/namespaces/default/pods/alone?gracePeriodSeconds=0")
        cluster.settle()
        #expect(cluster.pods.count == 1 && cluster.pods.first?.name.hasPrefix("web-") == true)
    }
}
