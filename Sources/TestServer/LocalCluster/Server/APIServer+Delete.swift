import KubeModel
import KubeSchema

extension APIServer {
    func delete(_ call: ResourceCall) throws(APIStatus) -> APIResponse {
        var options = try deleteOptions(call)
        options.admit = admission(call, operation: .delete, isDryRun: options.isDryRun)
        let result = try storage.delete(call.definition, key: call.key, options: options)
        switch result {
        case .marked(let object): return try answer(object, for: call)
        case .removed(let object):
            if call.definition.strategy.returnsDeletedObject { return try answer(object, for: call) }
            return .json(Self.success(call, object: object))
        }
    }

    private static func success(_ call: ResourceCall, object: KubeObject) -> JSONValue {
        [
            "kind": "Status", "apiVersion": "v1", "metadata": .object([:]), "status": "Success",
            "details": .compact([
                "name": .string(object.name), "group": call.api.group.isEmpty ? nil : .string(call.api.group),
                "kind": .string(call.api.plural), "uid": .string(object.uid),
            ]),
        ]
    }

    /// Answers with the list of what it deleted.
    func deleteCollection(_ call: ResourceCall) throws(APIStatus) -> APIResponse {
        var options = try deleteOptions(call)
        options.admit = admission(call, operation: .delete, isDryRun: options.isDryRun)
        let selection = try selection(call)
        let all = store.list(call.definition.id, namespace: selection.namespace)
        var deleted: [JSONValue] = []
        for stored in all.items where selection.matches(stored) {
            do throws(APIStatus) {
                _ = try storage.delete(call.definition, key: stored.object.key, options: options)
                deleted.append(stored.object.json)
            } catch  where error.isNotFound {
                continue
            }
        }
        return .json([
            "kind": .string(call.definition.listKind), "apiVersion": .string(call.api.apiVersion),
            "metadata": .compact([
                "resourceVersion": .string(String(store.version)), "continue": call.definition.isCustom ? "" : nil,
            ]), "items": .array(deleted),
        ])
    }

    private func deleteOptions(_ call: ResourceCall) throws(APIStatus) -> DeleteRequestOptions {
        // From the body or from the query, never from both: as the API server does it.
        let body = try BodyDecoder(request: call.request).value()
        func text(_ name: String) -> String? { body == nil ? call.request[query: name] : body?[name]?.string }
        var options = DeleteRequestOptions()
        options.gracePeriodSeconds = body?["gracePeriodSeconds"]?.int ?? text("gracePeriodSeconds").flatMap { Int($0) }
        options.uid = body?["preconditions", "uid"]?.string
        options.resourceVersion = body?["preconditions", "resourceVersion"]?.string
        if let body {
            let values = body["dryRun"]?.array ?? []
            guard values.allSatisfy({ $0.string == "All" }) else {
                throw .invalidOptions(
                    "DeleteOptions", error: .notSupported("dryRun", value: .array(values), supported: ["All"]))
            }
            options.isDryRun = !values.isEmpty
        } else {
            options.isDryRun = try call.dryRun("DeleteOptions")
        }
        if let name = text("propagationPolicy") {
            guard let policy = DeleteRequestOptions.Propagation(rawValue: name) else {
                throw .invalidOptions(
                    "DeleteOptions",
                    error: .notSupported(
                        "propagationPolicy", value: .string(name),
                        supported: ["Foreground", "Background", "Orphan", "nil"]))
            }
            options.propagation = policy
        }
        return options
    }
}
