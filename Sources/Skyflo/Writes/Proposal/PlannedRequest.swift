public import KubeModel
import SkyfloAPI

public struct PlannedRequest: Sendable, Hashable {
    public var request: KubeRequest
    public var target: Target
    /// The target as it was when the request was planned; nil when the request creates it.
    public var before: KubeObject?
    /// What the preview of the request was made of; nil before there is one, and where the request could not be tried out.
    public var previewed: PreviewedContent?

    public init(request: KubeRequest, target: Target, before: KubeObject?, previewed: PreviewedContent? = nil) {
        self.request = request
        self.target = target
        self.before = before
        self.previewed = previewed
    }

    /// The object that a request is aimed at.
    public struct Target: Sendable, Hashable {
        public var resource: APIResource
        public var namespace: String?
        public var name: String
        /// Empty when the request creates the object.
        public var uid: String
        public var resourceVersion: String

        public init(resource: APIResource, namespace: String?, name: String, uid: String, resourceVersion: String) {
            self.resource = resource
            self.namespace = namespace
            self.name = name
            self.uid = uid
            self.resourceVersion = resourceVersion
        }

        /// `deployment shop/web`
        public var text: String { "\(resource.singular) \(namespace.map { "\($0)/" } ?? "")\(name)" }
    }
}
