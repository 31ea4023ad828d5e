import KubeModel
import KubeSchema

/// What differs from kind to kind in writes, after the names in `k8s.io/apiserver/pkg/registry/rest`.
protocol ResourceStrategy: Sendable {
    /// Whether objects of the kind carry `metadata.generation`.
    var hasGeneration: Bool { get }
    /// Paths that the generation doesn't count, because the cluster itself fills them in.
    var generationIgnores: [[String]] { get }
    /// Whether a PUT without resourceVersion overwrites whatever is there.
    var allowsUnconditionalUpdate: Bool { get }
    /// Whether a PUT creates what is missing.
    var createsOnUpdate: Bool { get }
    /// Whether DELETE answers with the deleted object instead of a Status.
    var returnsDeletedObject: Bool { get }
    func nameProblem(_ name: String) -> String?
    func setDefaults(_ object: inout KubeObject)
    func prepareForCreate(_ object: inout KubeObject, in context: StrategyContext) throws(APIStatus)
    func prepareForUpdate(_ object: inout KubeObject, old: KubeObject)
    /// The faults of an object as it would be stored; `old` is the stored one in an update.
    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError]
}

/// What a strategy may ask of the cluster while it prepares an object.
struct StrategyContext: Sendable {
    var resource: APIResource
    var exists: @Sendable (APIResource, String?, String) -> Bool
    /// The objects of a resource in all namespaces.
    var list: @Sendable (APIResource) -> [KubeObject]
    var randomSuffix: @Sendable () -> String
}

extension ResourceStrategy {
    var hasGeneration: Bool { false }
    var generationIgnores: [[String]] { [] }
    var allowsUnconditionalUpdate: Bool { true }
    var createsOnUpdate: Bool { false }
    var returnsDeletedObject: Bool { false }
    func nameProblem(_ name: String) -> String? { MetadataValidation.subdomainProblem(name) }
    func setDefaults(_ object: inout KubeObject) {}
    func prepareForCreate(_ object: inout KubeObject, in context: StrategyContext) throws(APIStatus) {}
    func prepareForUpdate(_ object: inout KubeObject, old: KubeObject) {}
    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] { [] }
}

struct PlainStrategy: ResourceStrategy {}

/// RBAC names are path segments: almost anything goes, for example `system:discovery`.
struct PathSegmentStrategy: ResourceStrategy {
    func nameProblem(_ name: String) -> String? { MetadataValidation.pathSegmentProblem(name) }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        guard object.kind.hasSuffix("Binding") else { return [] }
        if let old, let before = old.json["roleRef"], object.json["roleRef"] != before {
            let now = object.json["roleRef"]
            let text = JSONValue.object([
                "APIGroup": now?["apiGroup"] ?? "", "Kind": now?["kind"] ?? "", "Name": now?["name"] ?? "",
            ])
            return [.invalid("roleRef", value: text, detail: "cannot change roleRef")]
        }
        if object.json["roleRef", "name"]?.string?.isEmpty ?? true { return [.required("roleRef.name")] }
        return []
    }

    func setDefaults(_ object: inout KubeObject) {
        guard object.kind.hasSuffix("Binding") else { return }
        if object.json["roleRef"] != nil, object["roleRef", "apiGroup"] == nil {
            object["roleRef", "apiGroup"] = "rbac.authorization.k8s.io"
        }
        guard let subjects = object.json["subjects"]?.array else { return }
        object.json["subjects"] = .array(
            subjects.map { subject in
                var subject = subject
                if subject["apiGroup"] == nil, subject["kind"]?.string != "ServiceAccount" {
                    subject["apiGroup"] = "rbac.authorization.k8s.io"
                }
                return subject
            })
    }
}
