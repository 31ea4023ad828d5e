import KubeClient
import KubeModel
import Testing

/// What the operator relies on of an API server. One suite, every server.
@Suite struct ContractTests {
    static let configMaps = APIResource(group: "", version: "v1", plural: "configmaps", kind: "ConfigMap")

    private func map(_ name: String, _ namespace: String, _ data: [String: String] = ["a": "1"]) -> KubeObject {
        KubeObject(Self.configMaps, namespace: namespace, name: name, members: ["data": JSONValue(data)])
    }

    private func refusal(_ body: () async throws -> Void) async throws -> APIStatus {
        do {
            try await body()
        } catch let status as APIStatus {
            return status
        }
        Issue.record("it was not refused")
        throw CancellationError()
    }

    @Test(arguments: Server.allCases)
    func `an object is created once, with uid, version and time`(_ server: Server) async throws {
        try await server.run { api, namespace in
            let created = try await api.create(map("m", namespace), in: Self.configMaps)
            #expect(!created.uid.isEmpty && !created.resourceVersion.isEmpty && created.creationTimestamp != nil)
            let again = try await refusal { _ = try await api.create(map("m", namespace), in: Self.configMaps) }
            #expect(again.isAlreadyExists && !again.isConflict)
            #expect(try await api.find(Self.configMaps, namespace: namespace, name: "none") == nil)
        }
    }

    @Test(arguments: Server.allCases)
    func `a write under an old version or another uid is a conflict and changes nothing`(_ server: Server) async throws
    {
        try await server.run { api, namespace in
            let old = try await api.create(map("m", namespace), in: Self.configMaps)
            let new = try await api.patch(
                Self.configMaps, namespace: namespace, name: "m", patch: .merge(["data": ["a": "2"]]))
            #expect(new.resourceVersion != old.resourceVersion)
            func refused(_ metadata: JSONValue) async throws -> APIStatus {
                try await refusal {
                    _ = try await api.patch(
                        Self.configMaps, namespace: namespace, name: "m",
                        patch: .merge(["metadata": metadata, "data": ["a": "3"]]))
                }
            }
            let other: JSONValue = "00000000-0000-0000-0000-000000000000"
            #expect(try await refused(["resourceVersion": .string(old.resourceVersion)]).isConflict)
            #expect(try await refused(["resourceVersion": .string(old.resourceVersion), "uid": other]).isConflict)
            let immutable = try await refused(["uid": other])
            #expect(immutable.code == 422 && Set(immutable.causes.map(\.field)) == ["metadata.uid"], "\(immutable)")
            var recreated = new
            recreated.json[path: ["metadata", "uid"]] = other
            let replaced = try await refusal { _ = try await api.update(recreated, in: Self.configMaps) }
            #expect(replaced.isConflict, "\(replaced)")
            let update = try await refusal { _ = try await api.update(old, in: Self.configMaps) }
            #expect(update.isConflict)
            #expect(try await api.get(Self.configMaps, namespace: namespace, name: "m")["data", "a"] == "2")
        }
    }

    @Test(arguments: Server.allCases)
    func `a deletion under preconditions happens to that object only`(_ server: Server) async throws {
        try await server.run { api, namespace in
            let object = try await api.create(map("m", namespace), in: Self.configMaps)
            let status = try await refusal {
                try await api.delete(
                    Self.configMaps, namespace: namespace, name: "m", options: DeleteOptions(uid: "other"))
            }
            #expect(status.isConflict)
            try await api.delete(
                Self.configMaps, namespace: namespace, name: "m",
                options: DeleteOptions(uid: object.uid, resourceVersion: object.resourceVersion))
            #expect(try await api.find(Self.configMaps, namespace: namespace, name: "m") == nil)
        }
    }

    @Test(arguments: Server.allCases)
    func `a dry run answers as the real one, and stores nothing`(_ server: Server) async throws {
        try await server.run { api, namespace in
            let options = WriteOptions(dryRun: true)
            _ = try await api.create(map("none", namespace), in: Self.configMaps, options: options)
            #expect(try await api.find(Self.configMaps, namespace: namespace, name: "none") == nil)
            let object = try await api.create(map("m", namespace), in: Self.configMaps)
            let dry = try await api.patch(
                Self.configMaps, namespace: namespace, name: "m", patch: .merge(["data": ["a": "9"]]), options: options)
            #expect(dry["data", "a"] == "9")
            try await api.delete(Self.configMaps, namespace: namespace, name: "m", options: DeleteOptions(dryRun: true))
            let live = try await api.get(Self.configMaps, namespace: namespace, name: "m")
            #expect(live.resourceVersion == object.resourceVersion && live["data", "a"] == "1")
        }
    }

    @Test(arguments: Server.allCases)
    func `a change that changes nothing keeps the version`(_ server: Server) async throws {
        try await server.run { api, namespace in
            let object = try await api.create(map("m", namespace), in: Self.configMaps)
            let same = try await api.patch(
                Self.configMaps, namespace: namespace, name: "m", patch: .merge(["data": ["a": "1"]]))
            #expect(same.resourceVersion == object.resourceVersion)
        }
    }

    @Test(arguments: Server.allCases)
    func `server-side apply owns its fields, and refuses those of others unless forced`(_ server: Server) async throws {
        try await server.run { api, namespace in
            let first = map("m", namespace, ["a": "1", "b": "1"])
            _ = try await api.apply(first, in: Self.configMaps, options: WriteOptions(fieldManager: "one"))
            let second = map("m", namespace, ["a": "2"])
            let status = try await refusal {
                _ = try await api.apply(second, in: Self.configMaps, options: WriteOptions(fieldManager: "two"))
            }
            #expect(status.isConflict && status.causes.map(\.field) == [".data.a"], "\(status)")
            let forced = try await api.apply(
                second, in: Self.configMaps, options: WriteOptions(fieldManager: "two", force: true))
            #expect(forced["data"] == ["a": "2", "b": "1"])
            let less = try await api.apply(
                map("m", namespace, ["c": "3"]), in: Self.configMaps, options: WriteOptions(fieldManager: "one"))
            #expect(less["data"] == ["a": "2", "c": "3"], "what its only owner no longer applies goes")
        }
    }

    @Test(arguments: Server.allCases)
    func `a watch from a list's version tells each change after it, once and in order`(_ server: Server) async throws {
        try await server.run { api, namespace in
            let list = try await api.list(Self.configMaps, namespace: namespace)
            _ = try await api.create(map("m", namespace), in: Self.configMaps)
            _ = try await api.patch(
                Self.configMaps, namespace: namespace, name: "m", patch: .merge(["data": ["a": "2"]]))
            try await api.delete(Self.configMaps, namespace: namespace, name: "m")
            var options = WatchOptions()
            options.resourceVersion = list.resourceVersion
            options.fieldSelector = "metadata.name=m"
            options.timeoutSeconds = 20
            let seen = try await api.watch(Self.configMaps, namespace: namespace, options: options) { events in
                var seen: [String] = []
                while seen.count < 3, let event = try await events.next() {
                    switch event {
                    case .added(let object): seen.append("added \(object["data", "a"]?.string ?? "")")
                    case .modified(let object): seen.append("modified \(object["data", "a"]?.string ?? "")")
                    case .deleted: seen.append("deleted")
                    case .bookmark: continue
                    case .error(let status): throw status
                    }
                }
                return seen
            }
            #expect(seen == ["added 1", "modified 2", "deleted"])
        }
    }

    @Test(arguments: Server.allCases)
    func `pages add up to the list of their first one`(_ server: Server) async throws {
        try await server.run { api, namespace in
            for number in 0..<7 {
                var object = map("m\(number)", namespace)
                object.labels = ["parity": number.isMultiple(of: 2) ? "even" : "odd"]
                _ = try await api.create(object, in: Self.configMaps)
            }
            let options = ListOptions(labelSelector: LabelSelector(matching: ["parity": "even"]))
            let all = try await api.listAll(Self.configMaps, namespace: namespace, options: options, pageSize: 3)
            #expect(all.items.map(\.name).sorted() == ["m0", "m2", "m4", "m6"])
        }
    }

    @Test(arguments: Server.allCases)
    func `a deployment is scaled through its subresource, under its version`(_ server: Server) async throws {
        try await server.run { api, namespace in
            let deployment = try YAML.parse(
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web, namespace: \(namespace)}
                spec:
                  replicas: 0
                  selector: {matchLabels: {app: web}}
                  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: "nginx:1.27"}]}}
                """)
            _ = try await api.create(KubeObject(deployment), in: .deployments)
            let stale = try await refusal {
                _ = try await api.patch(
                    .deployments, namespace: namespace, name: "web", subresource: "scale",
                    patch: .merge(["metadata": ["resourceVersion": "1"], "spec": ["replicas": 5]]))
            }
            #expect(stale.isConflict)
            let scale = try await api.patch(
                .deployments, namespace: namespace, name: "web", subresource: "scale",
                patch: .merge(["spec": ["replicas": 1]])
            )
            #expect(scale.kind == "Scale" && scale["spec", "replicas"] == 1)
            #expect(try await api.get(.deployments, namespace: namespace, name: "web")["spec", "replicas"] == 1)
        }
    }

    @Test(arguments: Server.allCases)
    func `who is impersonated has that one's rights, and a refusal names what is missing`(_ server: Server) async throws
    {
        try await server.run { api, namespace in
            let identity = Impersonation.serviceAccount(namespace: namespace, name: "nobody")
            let status = try await refusal {
                _ = try await api.impersonating(identity).list(.pods, namespace: namespace)
            }
            #expect(status.isForbidden)
            #expect(status.message.contains("system:serviceaccount:\(namespace):nobody"))
            #expect(status.message.contains("cannot list resource \"pods\""))
        }
    }
}
