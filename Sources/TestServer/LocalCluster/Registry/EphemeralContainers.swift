import KubeModel
import KubeSchema

/// What an update of `pods/…/ephemeralcontainers` may do: add containers, and nothing else
/// (`ValidatePodEphemeralContainersUpdate` of the API server). All other fields of the pod stay as they are, in silence.
enum EphemeralContainers {
    /// The live pod with the ephemeral containers of an update.
    static func prepared(_ object: KubeObject, live: KubeObject) -> KubeObject {
        var pod = live
        pod["spec", "ephemeralContainers"] = object["spec", "ephemeralContainers"].map(withDefaults)
        pod["metadata", "managedFields"] = object["metadata", "managedFields"]
        return pod
    }

    private static func withDefaults(_ containers: JSONValue) -> JSONValue {
        var spec: JSONValue = ["containers": containers]
        PodTemplateDefaults.setDefaults(&spec)
        return spec["containers"] ?? containers
    }

    static func validate(_ pod: KubeObject, old: KubeObject) -> [FieldError] {
        let field = "spec.ephemeralContainers"
        let (new, before) = (containers(of: pod), containers(of: old))
        var errors: [FieldError] = []
        var names = Set((pod["spec", "containers"]?.array ?? []).map(name))
        names.formUnion((pod["spec", "initContainers"]?.array ?? []).map(name))
        let targets = Set((pod["spec", "containers"]?.array ?? []).map(name))
        for (position, container) in new.enumerated() {
            let at = "\(field)[\(position)]"
            if name(container).isEmpty {
                errors.append(.required("\(at).name"))
            } else if let problem = MetadataValidation.labelProblem(name(container)) {
                errors.append(.invalid("\(at).name", value: container["name"], detail: problem))
            } else if !names.insert(name(container)).inserted {
                errors.append(.duplicate("\(at).name", value: .string(name(container))))
            }
            if container["image"]?.string?.isEmpty ?? true { errors.append(.required("\(at).image")) }
            if let target = container["targetContainerName"]?.string, !target.isEmpty, !targets.contains(target) {
                errors.append(FieldError(.notFound, field: "\(at).targetContainerName", value: .string(target)))
            }
            for member in ["ports", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle"]
            where container[member] != nil {
                errors.append(.forbidden("\(at).\(member)", detail: "cannot be set for an Ephemeral Container"))
            }
        }
        return errors + changes(from: before, to: new, field)
    }

    private static func changes(from before: [JSONValue], to new: [JSONValue], _ field: String) -> [FieldError] {
        before.compactMap { old in
            guard let kept = new.first(where: { name($0) == name(old) }) else {
                return .forbidden(field, detail: "existing ephemeral containers \"\(name(old))\" may not be removed\n")
            }
            return kept == old
                ? nil : .forbidden(field, detail: "existing ephemeral containers \"\(name(old))\" may not be changed\n")
        }
    }

    private static func name(_ container: JSONValue) -> String { container["name"]?.string ?? "" }
    private static func containers(of pod: KubeObject) -> [JSONValue] {
        pod["spec", "ephemeralContainers"]?.array ?? []
    }
}
