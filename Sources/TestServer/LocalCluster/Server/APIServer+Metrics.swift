import KubeModel

extension APIServer {
    /// Pods and nodes of `metrics.k8s.io`.
    func metrics(_ call: ResourceCall) throws(APIStatus) -> APIResponse {
        guard call.target.subresource == nil else { throw .unknownPath }
        switch call.info.verb {
        case "get":
            guard let found = measured(call).first(where: { $0.name == call.key.name }) else {
                throw .notFound(call.api, name: call.key.name)
            }
            return try answer(found, for: call)
        case "list":
            let selection = try selection(call)
            let matching = measured(call).filter(selection.matches)
            return try answer(Page(objects: matching, version: store.list(APIResource.pods.id).version), for: call)
        default: throw .methodNotAllowed
        }
    }

    private func measured(_ call: ResourceCall) -> [KubeObject] {
        let usage = SimulatedUsage(store: store, now: .now())
        if call.api.plural == "nodes" {
            return store.list(APIResource.nodes.id).items.map { usage.metrics(ofNode: $0.object) }
        }
        return store.list(APIResource.pods.id, namespace: call.target.namespace).items.compactMap {
            usage.metrics(ofPod: $0.object)
        }
    }
}
