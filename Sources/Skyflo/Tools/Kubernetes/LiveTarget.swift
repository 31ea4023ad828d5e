import KubeClient
import KubeModel

/// An object that a call is about, as it is now.
struct LiveTarget: Sendable {
    var resource: APIResource
    /// nil for cluster-scoped objects.
    var namespace: String?
    var object: KubeObject

    /// `deployment shop/web`
    var text: String { target.text }

    var subject: PostCondition.Subject {
        PostCondition.Subject(resource: resource, namespace: namespace, name: object.name)
    }

    var target: PlannedRequest.Target {
        PlannedRequest.Target(
            resource: resource.identity, namespace: namespace, name: object.name, uid: object.uid,
            resourceVersion: object.resourceVersion)
    }

    /// What to check after a write that is to make this of it.
    /// - Parameter changed: nil where that isn't known; then it is checked as if it were new.
    func postConditions(afterChangeTo changed: KubeObject?) -> [PostCondition] {
        PostCondition.after(writing: changed ?? object, to: subject, changing: changed == nil ? nil : object)
    }

    func path(_ subresource: String? = nil) -> String {
        resource.path(namespace: namespace, name: object.name, subresource: subresource)
    }

    /// A patch that the server carries out on this very object in this very version, or not at all: uid and resourceVersion
    /// go along, in `metadata` or as `test` operations, and 409 or 422 is the answer when they don't fit.
    func patch(_ patch: Patch, subresource: String? = nil, strict: Bool = false) -> PlannedRequest {
        var body = patch.body
        if case .json = patch {
            let tests: [JSONValue] = [
                ["op": "test", "path": "/metadata/uid", "value": .string(object.uid)],
                ["op": "test", "path": "/metadata/resourceVersion", "value": .string(object.resourceVersion)],
            ]
            body = .array(tests + (body.array ?? []))
        } else {
            body[path: ["metadata", "uid"]] = .string(object.uid)
            body[path: ["metadata", "resourceVersion"]] = .string(object.resourceVersion)
        }
        let request = KubeRequest(
            .patch, path(subresource), query: FieldManager.query(strict: strict), contentType: patch.contentType,
            body: JSONWriter.string(body))
        return PlannedRequest(request: request, target: target, before: object)
    }
}

enum FieldManager {
    /// - Parameter strict: unknown and duplicate fields are an error; by default the server drops them with a warning.
    static func query(strict: Bool) -> [KubeRequest.QueryItem] {
        var query = [KubeRequest.QueryItem("fieldManager", KubernetesBackend.fieldManager)]
        if strict { query.append(KubeRequest.QueryItem("fieldValidation", "Strict")) }
        return query
    }
}

extension ToolContext {
    /// Where an object of this resource is: nil for cluster-scoped resources.
    ///
    /// - Throws: ``ToolFailure`` where a namespace is named for a cluster-scoped resource. Who names one has something else
    ///   in mind than what would happen.
    func namespace(of resource: APIResource, _ arguments: ToolArguments) throws(ToolFailure) -> String? {
        if resource.namespaced { return arguments.string("namespace") ?? namespace }
        if let namespace = arguments.string("namespace") {
            throw ToolFailure(
                "\(resource.plural) are in no namespace: leave out the parameter namespace (\"\(namespace)\")")
        }
        return nil
    }

    /// The object that `resource_type`, `namespace` and a name argument point at.
    func target(_ arguments: ToolArguments, name parameter: String = "name") async throws -> LiveTarget {
        let match = try await match(try arguments.requiredString("resource_type"))
        let resource = match.resource
        let name = try arguments.requiredString(parameter)
        try Names.check(name, of: resource)
        let namespace = try namespace(of: resource, arguments)
        let object = try await object(match, namespace: namespace, name: name)
        return LiveTarget(resource: resource, namespace: namespace, object: object)
    }

    /// What a request would make of its target, by the server's own word; nil where it leaves the target as it is.
    func change(by planned: PlannedRequest) async throws -> Change? {
        let answer = try await DryRun(planned, api: api, redactor: redactor).answer()
        return answer != nil && planned.before?.withoutNoise == answer?.withoutNoise ? nil : Change(object: answer)
    }

    struct Change {
        /// nil where the server doesn't say.
        var object: KubeObject?
    }
}

/// A proposal of a single request.
extension WriteProposal {
    init(
        _ summary: String, _ planned: PlannedRequest, risk: Risk, warnings: [String] = [],
        _ postConditions: [PostCondition]
    ) {
        self.init(
            summary: summary, requests: [planned], risk: risk,
            warnings: warnings, postConditions: postConditions)
    }
}
