import KubeClient
import KubeModel

/// An object that a call is about, as it is now.
package struct LiveTarget: Sendable {
    package var resource: APIResource
    /// nil for cluster-scoped objects.
    package var namespace: String?
    package var object: KubeObject

    package init(resource: APIResource, namespace: String?, object: KubeObject) {
        self.resource = resource
        self.namespace = namespace
        self.object = object
    }

    /// `deployment shop/web`
    package var text: String { target.text }

    package var subject: PostCondition.Subject {
        PostCondition.Subject(resource: resource, namespace: namespace, name: object.name)
    }

    package var target: PlannedRequest.Target {
        PlannedRequest.Target(
            resource: resource.identity, namespace: namespace, name: object.name, uid: object.uid,
            resourceVersion: object.resourceVersion)
    }

    /// What to check after a write that is to make this of it.
    /// - Parameter changed: nil where that isn't known; then it is checked as if it were new.
    package func postConditions(afterChangeTo changed: KubeObject?) -> [PostCondition] {
        PostCondition.after(writing: changed ?? object, to: subject, changing: changed == nil ? nil : object)
    }

    package func path(_ subresource: String? = nil) -> String {
        resource.path(namespace: namespace, name: object.name, subresource: subresource)
    }

    /// A patch that the server carries out on this very object in this very version, or not at all: uid and resourceVersion
    /// go along, in `metadata` or as `test` operations, and 409 or 422 is the answer when they don't fit.
    package func patch(_ patch: Patch, subresource: String? = nil, strict: Bool = false) -> PlannedRequest {
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
            .patch, path: path(subresource), query: FieldManager.query(strict: strict), contentType: patch.contentType,
            body: JSONWriter.string(body))
        return PlannedRequest(request: request, target: target, before: object)
    }
}
