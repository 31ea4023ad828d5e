import KubeModel
import Testing

@testable import LocalCluster

/// Claims, by what their storage class says.
@Suite struct ClaimTests {
    private static let path = "/api/v1/namespaces/default/persistentvolumeclaims"

    private func claim(_ storageClass: String?, in cluster: Simulated) -> JSONValue {
        var claim: JSONValue = [
            "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": ["name": "data"],
            "spec": ["accessModes": ["ReadWriteOnce"], "resources": ["requests": ["storage": "1Gi"]]],
        ]
        claim["spec", "storageClassName"] = storageClass.map(JSONValue.string)
        _ = cluster.api.send("POST", Self.path, claim)
        cluster.settle()
        return phase(cluster)
    }

    private func phase(_ cluster: Simulated) -> JSONValue {
        cluster.get(Self.path + "/data")["status", "phase"] ?? .null
    }

    private func addClass(_ name: String, _ mode: String, to cluster: Simulated) {
        let json: JSONValue = [
            "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": ["name": .string(name)],
            "provisioner": "x", "volumeBindingMode": .string(mode),
        ]
        _ = cluster.api.send("POST", "/apis/storage.k8s.io/v1/storageclasses", json)
        cluster.settle()
    }

    @Test func `a claim is bound at once, or when its class comes`() throws {
        let cluster = try Simulated()
        #expect(claim("fast", in: cluster) == "Pending")
        #expect(
            cluster.events(about: "PersistentVolumeClaim")
                == ["ProvisioningFailed: storageclass.storage.k8s.io \"fast\" not found"])
        addClass("fast", "Immediate", to: cluster)
        #expect(phase(cluster) == "Bound")
    }

    @Test func `a claim waits for its first consumer`() throws {
        let cluster = try Simulated()
        addClass("lazy", "WaitForFirstConsumer", to: cluster)
        #expect(claim("lazy", in: cluster) == "Pending")
        try cluster.create(
            """
            {apiVersion: v1, kind: Pod, metadata: {name: user}, spec: {containers: [{name: c, image: c}],
             volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]}}
            """)
        #expect(phase(cluster) == "Bound")
    }

    @Test func `a claim without a class stays pending`() throws {
        let cluster = try Simulated()
        #expect(claim(nil, in: cluster) == "Pending")
        #expect(cluster.events(about: "PersistentVolumeClaim").first?.hasPrefix("FailedBinding") == true)
    }
}
