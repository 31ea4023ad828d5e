import KubeModel
import SkyfloAPI

package struct PlannedRequest: Sendable, Hashable {
    package var request: KubeRequest
    package var target: Target
    /// The target as it was when the request was planned; nil when the request creates it.
    package var before: KubeObject?
    /// What the preview of the request was made of; nil before there is one, and where the request could not be tried out.
    package var previewed: PreviewedContent?

    package init(request: KubeRequest, target: Target, before: KubeObject?, previewed: PreviewedContent? = nil) {
        self.request = request
        self.target = target
        self.before = before
        self.previewed = previewed
    }

    /// The object that a request is aimed at.
    package struct Target: Sendable, Hashable {
        package var resource: APIResource
        package var namespace: String?
        package var name: String
        /// Empty when the request creates the object.
        package var uid: String
        package var resourceVersion: String

        package init(resource: APIResource, namespace: String?, name: String, uid: String, resourceVersion: String) {
            self.resource = resource
            self.namespace = namespace
            self.name = name
            self.uid = uid
            self.resourceVersion = resourceVersion
        }

        /// `deployment shop/web`
        package var text: String { "\(resource.singular) \(namespace.map { "\($0)/" } ?? "")\(name)" }
    }
}
