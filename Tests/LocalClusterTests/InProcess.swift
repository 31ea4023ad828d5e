import KubeModel
import Logging

@testable import LocalCluster

/// A server without HTTP: requests go in and answers come out as values.
struct InProcess {
    let server: APIServer
    let administrator: String

    init(historyLimit: Int = 1024, simulates: Bool = false) throws {
        let store = ClusterStore(historyLimit: historyLimit)
        let storage = ObjectStorage(store: store, catalog: ResourceCatalog(), hasKubelet: simulates)
        let authenticator = Authenticator(store: store)
        server = APIServer(
            storage: storage, authenticator: authenticator, authorizer: Authorizer(store: store), logs: PodLogs())
        administrator = authenticator.addUser("admin", groups: ["system:masters"])
        try Bootstrap(storage: storage).run(withNode: simulates)
    }

    struct Answer {
        var status: Int
        var json: JSONValue
        var warnings: [String]
        var message: String { json["message"]?.string ?? "" }
    }

    func send(
        _ method: String, _ target: String, _ body: JSONValue? = nil, type: String = "application/json",
        token: String? = nil, headers: [(name: String, value: String)] = []
    ) -> Answer {
        let request = APIRequest(
            method: method, target: target,
            headers: [
                ("authorization", "Bearer \(token ?? administrator)"), ("content-type", type),
            ] + headers, body: body.map { JSONWriter.bytes($0) } ?? [])
        let response = server.respond(to: request)
        var json = JSONValue.null
        if case .bytes(let bytes) = response.body {
            json = (try? JSONParser.parse(bytes)) ?? .string(String(decoding: bytes, as: UTF8.self))
        }
        return Answer(
            status: response.status, json: json,
            warnings: response.headers.filter { $0.name == "Warning" }.map(\.value))
    }

    /// Lets the controllers handle everything that has happened, and what they themselves make happen.
    func settle() {
        let logger = Logger(label: "test")
        let storage = server.storage
        let handlers: [(StoreEvent) -> Void] = [
            DefinitionController(storage: storage, logger: logger).handle,
            GarbageCollector(storage: storage, logger: logger).handle,
            NamespaceController(storage: storage, logger: logger).handle,
            RoleAggregator(storage: storage, logger: logger).handle,
        ]
        var cursor: UInt64 = 0
        while true {
            let batch = storage.store.events(after: cursor)
            cursor = batch.version
            if batch.events.isEmpty { return }
            for event in batch.events { for handle in handlers { handle(event) } }
        }
    }
}

let configMaps = "/api/v1/namespaces/default/configmaps"

func configMap(_ name: String, _ data: [String: String] = ["a": "b"], _ metadata: JSONObject = [:]) -> JSONValue {
    var object: JSONValue = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": .object(metadata)]
    object["metadata", "name"] = .string(name)
    object["data"] = JSONValue(data)
    return object
}
