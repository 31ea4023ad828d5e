import KubeModel
import KubeSchema

/// The `/scale` subresource: an `autoscaling/v1 Scale` view of a few fields.
extension APIServer {
    func scale(_ call: ResourceCall) throws(APIStatus) -> APIResponse {
        guard let paths = call.definition.scale else { throw .unknownPath }
        let live = try storage.live(call.definition, key: call.key)
        let view = Self.scale(of: live.object, paths)
        if call.info.verb == "get" { return .json(view) }
        var options = try call.writeOptions("UpdateOptions", source: .put)
        let ask = admission(call, operation: .update, isDryRun: options.isDryRun)
        options.admit = { subject throws(APIStatus) in
            try ask(
                AdmissionObjects(
                    object: subject.object.map { KubeObject(Self.scale(of: $0, paths)) },
                    old: subject.old.map { KubeObject(Self.scale(of: $0, paths)) }))
        }
        let result = try storage.update(call.definition, key: call.key, options: options) { current throws(APIStatus) in
            let wanted = try wantedScale(call, current: Self.scale(of: current, paths))
            var object = current
            object.json[path: paths.specReplicas] = wanted["spec", "replicas"] ?? 0
            if let version = wanted["metadata", "resourceVersion"]?.string, !version.isEmpty {
                object.resourceVersion = version
            }
            return object
        }
        return .json(Self.scale(of: result.object, paths))
    }

    private func wantedScale(_ call: ResourceCall, current: JSONValue) throws(APIStatus) -> JSONValue {
        var wanted: JSONValue
        if call.info.verb == "patch" {
            let patch = try PatchBody(call)
            if case .apply = patch {
                throw .unsupportedMediaType("application/json-patch+json, application/merge-patch+json")
            }
            wanted = try patch.applied(to: current, schema: nil)
        } else {
            guard let body = try BodyDecoder(request: call.request).value(), body["kind"]?.string == "Scale" else {
                throw .badRequest("the object provided is unrecognized (must be of type Scale)")
            }
            wanted = body
        }
        let replicas = wanted["spec", "replicas"]?.int ?? 0
        if replicas < 0, !call.definition.isCustom {
            throw .invalid(
                group: "autoscaling", kind: "Scale", name: call.key.name,
                errors: [
                    .invalid("spec.replicas", value: JSONValue(replicas), detail: "must be greater than or equal to 0")
                ])
        }
        return wanted
    }

    private static func scale(of object: KubeObject, _ paths: ResourceDefinition.ScalePaths) -> JSONValue {
        var status: JSONValue = ["replicas": object.json[path: paths.statusReplicas] ?? 0]
        if let path = paths.selector {
            status["selector"] = object.json[path: path]
        } else if let selector = object["spec", "selector"].flatMap({ LabelSelector($0) }) {
            status["selector"] = .string(selector.description)
        }
        return [
            "kind": "Scale", "apiVersion": "autoscaling/v1",
            "metadata": .compact([
                "name": .string(object.name), "namespace": object.namespace.map(JSONValue.string),
                "uid": .string(object.uid), "resourceVersion": .string(object.resourceVersion),
                "creationTimestamp": object.metadata["creationTimestamp"],
            ]), "spec": ["replicas": object.json[path: paths.specReplicas] ?? 0], "status": status,
        ]
    }
}
