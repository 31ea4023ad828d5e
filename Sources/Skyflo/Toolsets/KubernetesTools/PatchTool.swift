import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

struct PatchTool: KubernetesTool {
    let name = "k8s_patch"
    let title = "Patch Kubernetes Resource"
    let requests: [ToolRequest]? = [.read("*"), .patch("*")]
    let description = """
        Propose to change fields of an object. strategic merges lists by their keys (built-in kinds only), merge replaces lists, \
        json is a list of operations.
        """
    let parameters = ToolParameters([
        .resourceType, .name,
        .required("patch", kind: .document(maximum: 262_144), description: "The patch, as JSON or YAML", obvious: true),
        .namespace,
        .optional(
            "patch_type", kind: .choice(["strategic", "merge", "json"]), default: "strategic",
            description: "The type of patch", obvious: true),
    ])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let type = try arguments.requiredString("patch_type")
        let body = try PatchText.parse(try arguments.requiredString("patch"))
        let patch = try Self.patch(type, body: body)
        let target = try await context.target(arguments)
        if type == "strategic", !Self.isBuiltIn(target.resource) {
            throw ToolFailure(
                "\(target.resource.qualifiedName) is a custom resource, which takes no strategic patch: use patch_type merge"
            )
        }
        if type == "json", let operations = try? JSONPatch(body) {
            try context.redactor.refuseCopies(by: operations, of: target.object)
        }
        let planned = target.patch(patch, strict: true)
        guard let change = try await context.change(by: planned) else {
            return .output("Nothing to do: the patch does not change \(target.text).")
        }
        return .proposal(
            WriteProposal(
                "Patch \(target.text): \(Self.fields(body).joined(separator: ", "))", planned: planned,
                risk: .baseline(target.resource, namespace: target.namespace), warnings: Self.warnings(body),
                postConditions: target.postConditions(afterChangeTo: change.object)))
    }

    private static func patch(_ type: String, body: JSONValue) throws -> Patch {
        guard type == "json" else {
            guard case .object(let members) = body, !members.isEmpty else {
                throw ToolFailure("patch: a \(type) patch must be an object with members")
            }
            try PatchText.refuseServerFields(members)
            return type == "merge" ? .merge(body) : .strategic(body)
        }
        let operations: JSONPatch
        do {
            operations = try JSONPatch(body)
        } catch {
            throw ToolFailure("patch: \(error.description)")
        }
        guard !operations.operations.isEmpty else { throw ToolFailure("patch: no operations") }
        try PatchText.refuseServerFields(operations)
        return .json(body)
    }

    /// Only these know how to merge lists by keys. A group with a dot may be anybody's.
    private static func isBuiltIn(_ resource: APIResource) -> Bool {
        builtInGroups.contains(resource.group)
    }

    private static let builtInGroups: Set<String> = [
        "", "apps", "batch", "autoscaling", "policy", "extensions", "networking.k8s.io", "rbac.authorization.k8s.io",
        "storage.k8s.io", "apiextensions.k8s.io", "admissionregistration.k8s.io", "coordination.k8s.io",
        "events.k8s.io", "scheduling.k8s.io", "node.k8s.io", "discovery.k8s.io", "flowcontrol.apiserver.k8s.io",
        "certificates.k8s.io", "apiregistration.k8s.io", "resource.k8s.io", "storagemigration.k8s.io",
    ]

    /// What the patch touches, two levels deep, for the summary, which says how much more there is.
    private static func fields(_ body: JSONValue) -> [String] {
        if let operations = body.array {
            return shortened([operations.map { "\($0["op"]?.string ?? "") \($0["path"]?.string ?? "")" }])
        }
        return shortened(
            (body.object ?? [:]).map { key, value in
                guard let members = value.object, !members.isEmpty else { return [key] }
                return members.keys.map { "\(key).\($0)" }
            })
    }

    /// The first of each group, and how many are left out.
    private static func shortened(_ groups: [[String]]) -> [String] {
        let more = groups.reduce(0) { $0 + max(0, $1.count - 5) }
        return groups.flatMap { $0.prefix(5) } + (more > 0 ? ["and \(more) more"] : [])
    }

    private static func warnings(_ body: JSONValue) -> [String] {
        let touchesFinalizers =
            body["metadata", "finalizers"] != nil
            || (body.array ?? []).contains { $0["path"]?.string?.hasPrefix("/metadata/finalizers") == true }
        return touchesFinalizers ? ["changes finalizers: what they guard may be left behind or be deleted at once"] : []
    }
}

/// Patches as models write them.
enum PatchText {
    static func parse(_ text: String) throws(ToolFailure) -> JSONValue {
        guard !Redactor.isRedacted(text) else { throw redacted("patch") }
        if let json = try? JSONParser.parse(text) { return json.withWholeNumbers }
        do {
            return try YAML.parse(text).withWholeNumbers
        } catch {
            throw ToolFailure("patch: neither JSON nor YAML: \(error.description)")
        }
    }

    static func redacted(_ parameter: String) -> ToolFailure {
        ToolFailure(
            "\(parameter): contains a redaction token (\(Redactor.opening)…), which would replace the secret itself; leave that field out"
        )
    }

    private static let serverFields = [
        "name", "namespace", "uid", "resourceVersion", "generateName", "managedFields", "creationTimestamp",
        "generation",
        "deletionTimestamp", "selfLink",
    ]

    /// What only the server sets, or what says which object is meant: the parameters do.
    static func refuseServerFields(_ members: JSONObject) throws(ToolFailure) {
        if members.contains("status") { throw ToolFailure("patch: status belongs to the controllers; leave it out") }
        for field in ["apiVersion", "kind"] where members.contains(field) {
            throw ToolFailure("patch: \(field) can't be changed; leave it out")
        }
        for field in serverFields where members["metadata"]?[field] != nil {
            throw ToolFailure("patch: metadata.\(field) can't be set; leave it out")
        }
    }

    static func refuseServerFields(_ patch: JSONPatch) throws(ToolFailure) {
        for operation in patch.operations {
            for path in paths(operation) {
                let isRefused =
                    path.isEmpty || path == ["metadata"] || ["status", "apiVersion", "kind"].contains(path[0])
                    || (path[0] == "metadata" && serverFields.contains(path[1]))
                if isRefused {
                    throw ToolFailure("patch: /\(path.joined(separator: "/")) can't be changed with this tool")
                }
            }
        }
    }

    /// What an operation writes; a `test` writes nothing.
    private static func paths(_ operation: JSONPatch.Operation) -> [[String]] {
        switch operation {
        case .add(let path, _), .remove(let path), .replace(let path, _), .copy(_, let path): [path]
        case .move(let from, let path): [from, path]
        case .test: []
        }
    }
}
