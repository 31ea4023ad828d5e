import KubeModel
import Testing

@testable import LocalCluster

struct RegistryTests {
    let cluster: InProcess

    init() throws { cluster = try InProcess() }

    @Test func `create, read, conflict, delete`() {
        let created = cluster.send("POST", configMaps, configMap("one"))
        #expect(created.status == 201)
        #expect(created.json["metadata", "uid"]?.string?.count == 36)
        #expect(cluster.send("GET", configMaps + "/one").json == created.json)
        let again = cluster.send("POST", configMaps, configMap("one"))
        #expect(again.status == 409)
        #expect(again.message == "configmaps \"one\" already exists")
        let stale = cluster.send("PUT", configMaps + "/one", configMap("one", ["a": "c"], ["resourceVersion": "1"]))
        #expect(
            stale.message
                == "Operation cannot be fulfilled on configmaps \"one\": the object has been modified; please "
                + "apply your changes to the latest version and try again")
        #expect(cluster.send("DELETE", configMaps + "/one").json["status"]?.string == "Success")
        #expect(cluster.send("GET", configMaps + "/one").message == "configmaps \"one\" not found")
    }

    /// As the decoder of a real API server takes the type from the path; custom resources have to say it.
    @Test func `a body of a built-in kind needn't say what it is`() {
        let created = cluster.send("POST", configMaps, ["metadata": ["name": "bare"], "data": ["a": "b"]])
        #expect(created.status == 201 && created.json["kind"]?.string == "ConfigMap")
        #expect(created.json["apiVersion"]?.string == "v1")
        let other = cluster.send("POST", configMaps, ["kind": "Secret", "metadata": ["name": "other"]])
        #expect(other.status == 400)
    }

    @Test func `a write that changes nothing keeps the version`() {
        let created = cluster.send("POST", configMaps, configMap("same"))
        let patched = cluster.send(
            "PATCH", configMaps + "/same", ["data": ["a": "b"]], type: "application/merge-patch+json")
        #expect(patched.json["metadata", "resourceVersion"] == created.json["metadata", "resourceVersion"])
    }

    @Test func `a dry run stores nothing`() {
        #expect(cluster.send("POST", configMaps + "?dryRun=All", configMap("dry")).status == 201)
        #expect(cluster.send("GET", configMaps + "/dry").status == 404)
        let wrong = cluster.send("POST", configMaps + "?dryRun=Some", configMap("dry"))
        #expect(wrong.status == 422)
    }

    @Test func `pages are of one version, even when the collection changes between them`() {
        for name in ["a", "b", "c"] { _ = cluster.send("POST", configMaps, configMap(name)) }
        let first = cluster.send("GET", configMaps + "?limit=2")
        #expect(first.json["items"]?.array?.count == 2)
        #expect(first.json["metadata", "remainingItemCount"]?.int == 1)
        _ = cluster.send("POST", configMaps, configMap("d"))
        let token = first.json["metadata", "continue"]?.string ?? ""
        let second = cluster.send("GET", configMaps + "?limit=2&continue=\(token)")
        #expect(second.json["items"]?.array?.compactMap { $0["metadata", "name"]?.string } == ["c"])
        #expect(second.json["metadata", "resourceVersion"] == first.json["metadata", "resourceVersion"])
    }

    @Test func `a page of a version that is forgotten is 410`() throws {
        let small = try InProcess(historyLimit: 2)
        for name in ["a", "b"] { _ = small.send("POST", configMaps, configMap(name)) }
        let token = small.send("GET", configMaps + "?limit=1").json["metadata", "continue"]?.string ?? ""
        for name in ["c", "d", "e", "f"] { _ = small.send("POST", configMaps, configMap(name)) }
        #expect(small.send("GET", configMaps + "?limit=1&continue=\(token)").status == 410)
    }

    @Test func `finalizers keep a deleted object until they are gone`() {
        let held = configMap("held", ["a": "b"], ["finalizers": ["example.dev/hold"]])
        _ = cluster.send("POST", configMaps, held)
        #expect(cluster.send("DELETE", configMaps + "/held").json["metadata", "deletionTimestamp"] != nil)
        let more = cluster.send(
            "PATCH", configMaps + "/held", ["metadata": ["finalizers": ["example.dev/hold", "example.dev/b"]]],
            type: "application/merge-patch+json")
        #expect(more.status == 422)
        let released = cluster.send(
            "PATCH", configMaps + "/held", ["metadata": ["finalizers": .null]], type: "application/merge-patch+json")
        #expect(released.status == 200)
        #expect(cluster.send("GET", configMaps + "/held").status == 404)
    }

    @Test func `dependents go with their last owner`() throws {
        let owner = cluster.send("POST", configMaps, configMap("owner"))
        let reference: JSONValue = [
            "apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner.json["metadata", "uid"] ?? "",
        ]
        _ = cluster.send("POST", configMaps, configMap("child", [:], ["ownerReferences": [reference]]))
        cluster.settle()
        #expect(cluster.send("GET", configMaps + "/child").status == 200)
        _ = cluster.send("DELETE", configMaps + "/owner")
        cluster.settle()
        #expect(cluster.send("GET", configMaps + "/child").status == 404)
    }

    @Test func `orphans stay, and foreground deletion waits for the dependents`() throws {
        for (policy, childStays) in [("Orphan", true), ("Foreground", false)] {
            let name = policy.lowercased()
            let owner = cluster.send("POST", configMaps, configMap(name))
            let reference: JSONValue = [
                "apiVersion": "v1", "kind": "ConfigMap", "name": .string(name),
                "uid": owner.json["metadata", "uid"] ?? "", "blockOwnerDeletion": true,
            ]
            _ = cluster.send("POST", configMaps, configMap("\(name)-child", [:], ["ownerReferences": [reference]]))
            let answer = cluster.send("DELETE", "\(configMaps)/\(name)?propagationPolicy=\(policy)")
            #expect(answer.json["metadata", "finalizers"] != nil)
            cluster.settle()
            #expect(cluster.send("GET", "\(configMaps)/\(name)").status == 404)
            #expect((cluster.send("GET", "\(configMaps)/\(name)-child").status == 200) == childStays)
        }
    }

    @Test func `a namespace empties itself and takes nothing new meanwhile`() {
        _ = cluster.send(
            "POST", "/api/v1/namespaces", ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "gone"]])
        let inside = "/api/v1/namespaces/gone/configmaps"
        _ = cluster.send("POST", inside, configMap("stays", [:], ["finalizers": ["example.dev/hold"]]))
        #expect(cluster.send("DELETE", "/api/v1/namespaces/gone").json["status", "phase"]?.string == "Terminating")
        cluster.settle()
        let late = cluster.send("POST", inside, configMap("late"))
        #expect(late.status == 403)
        #expect(late.json["details", "causes"]?[0]?["reason"]?.string == "NamespaceTerminating")
        _ = cluster.send(
            "PATCH", inside + "/stays", ["metadata": ["finalizers": .null]], type: "application/merge-patch+json")
        cluster.settle()
        #expect(cluster.send("GET", "/api/v1/namespaces/gone").status == 404)
    }

    @Test func `unknown paths and kinds`() {
        #expect(cluster.send("GET", "/nothing").json.string == "404 page not found\n")
        #expect(
            cluster.send("GET", "/api/v1/nothings").message == "the server could not find the requested resource")
        #expect(cluster.send("POST", configMaps, configMap("x"), type: "text/plain").status == 415)
        #expect(cluster.send("POST", configMaps, [:], type: "application/vnd.kubernetes.protobuf").status == 400)
        #expect(cluster.send("DELETE", "/api/v1/namespaces").status == 405)
    }
}
