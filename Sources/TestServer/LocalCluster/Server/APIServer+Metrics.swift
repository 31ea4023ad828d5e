import KubeModel

extension APIServer {
    /// Pods and nodes of `metrics.k8s.io`.
    func metrics(_ call: ResourceCall) throws(APIStatus) -> APIResponse {
        guard call.target.subresource == nil else { throw .unknownPath }
        switch call.info.verb {
        case "get":
            let named = measured(call) { $0.key == call.key }
            guard let found = named.first else { throw .notFound(call.api, name: call.key.name) }
            return try answer(found, for: call)
        case "list":
            let selection = try selection(call)
            let matching = measured(call, where: selection.matches)
            return try answer(Page(objects: matching, version: store.list(APIResource.pods.id).version), for: call)
        default: throw .methodNotAllowed
        }
    }

    /// As metrics-server does, chooses among pods and nodes, whose names and labels their metrics have.
    private func measured(_ call: ResourceCall, where isWanted: (StoredObject) -> Bool) -> [KubeObject] {
        let usage = SimulatedUsage(store: store, now: .now())
        if call.api.plural == "nodes" {
            return store.list(APIResource.nodes.id).items.filter(isWanted).map { usage.metrics(ofNode: $0.object) }
        }
        return store.list(APIResource.pods.id, namespace: call.target.namespace).items.filter(isWanted).compactMap {
            usage.metrics(ofPod: $0.object)
        }
    }
}
