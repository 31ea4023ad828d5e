public import KubeModel

/// A GET that the API server hands on to a port of a service or a pod (its subresource `proxy`), as a value that can be
/// nothing else: no other method, no node (whose kubelet runs commands over GET), no body, no segment that leaves its place
/// in the path.
///
/// By RFC 9110 (§9.2.1) a GET changes nothing, but an application may not keep to that. So there is such a value only for
/// paths that by convention just tell how an application is, and for those that the object's annotation names:
/// who may change the object has said so. ``KubeModel/KubeRequest/isReadOnly`` is false for the request nevertheless.
public struct ProxyGet: Sendable, Hashable {
    /// Of a service or pod: beginnings of paths of which a GET changes nothing, separated by commas.
    public static let annotation = "skyflo.ai/http-get"

    /// The namespace and name of the service or pod.
    public let object: ObjectKey
    /// `services` or `pods`.
    public let resource: String
    /// Whether the API server speaks TLS to it.
    public let isTLS: Bool
    /// A number, or the name of a port of the service.
    public let port: String
    /// Not encoded.
    public let segments: [String]
    /// Whether the path ends with a slash.
    public let endsInSlash: Bool
    /// The parameters of the query, not encoded.
    public let query: [KubeRequest.QueryItem]
    /// Bytes of the answer that are read.
    public let answerLimit: Int

    /// - Parameters:
    ///   - object: a Service or a Pod, as it was read.
    ///   - segments: of the path.
    /// - Returns: nil where it isn't known that the request changes nothing.
    public init?(
        to object: KubeObject, isTLS: Bool = false, port: String, segments: [String], endsInSlash: Bool = false,
        query: [KubeRequest.QueryItem] = [], answerLimit: Int
    ) {
        guard object.apiVersion == "v1", let resource = ["Service": "services", "Pod": "pods"][object.kind],
            object.namespace?.isEmpty == false, !object.name.isEmpty,
            Self.isConventional(segments) || Self.isNamed(segments, by: object)
        else { return nil }
        self.object = object.key
        self.resource = resource
        self.isTLS = isTLS
        self.port = port
        self.segments = segments
        self.endsInSlash = endsInSlash
        self.query = query
        self.answerLimit = max(0, answerLimit)
    }

    /// The request to the API server's proxy, with every part encoded.
    public var request: KubeRequest {
        let target = (isTLS ? "https:" : "") + "\(object.name):\(port)"
        var path = "/api/v1/namespaces/\(PercentEncoding.segment(object.namespace ?? ""))/\(resource)/"
        path += PercentEncoding.segment(target) + "/proxy"
        for segment in segments { path += "/" + PercentEncoding.segment(segment) }
        if endsInSlash || segments.isEmpty { path += "/" }
        var request = KubeRequest(.get, path: path, query: query, accept: "*/*")
        request.answerLimit = answerLimit
        return request
    }

    // MARK: Which paths

    /// What by convention tells how an application is, and does nothing: checks of Kubernetes, Spring Boot, Quarkus, Envoy,
    /// Grafana and Prometheus.
    public static let conventionalPaths: Set<String> = [
        "healthz", "livez", "readyz", "health", "healthy", "live", "liveness", "ready", "readiness", "startupz", "ping",
        "version", "metrics", "-/healthy", "-/ready", "api/health", "q/health", "q/metrics", "actuator/health",
        "actuator/info", "actuator/prometheus", "stats/prometheus",
    ]
    /// Of these the paths below are checks, too: `/readyz/etcd`.
    private static let pathsWithChecks = ["healthz", "livez", "readyz", "health", "actuator/health", "q/health"]

    private static func isConventional(_ segments: [String]) -> Bool {
        // A segment with a slash in it would be another path after decoding.
        guard segments.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." && !$0.utf8.contains(UInt8(ascii: "/")) })
        else {
            return false
        }
        let path = segments.joined(separator: "/")
        return conventionalPaths.contains(path) || pathsWithChecks.contains { path.hasPrefix($0 + "/") }
    }

    private static func isNamed(_ segments: [String], by object: KubeObject) -> Bool {
        let beginnings = (object.annotations[annotation] ?? "").split(separator: ",")
        return beginnings.contains { beginning in
            let text = beginning.drop { $0 == " " }
            let parts = text.split { $0 == "/" || $0 == " " }.map(String.init)
            return text.hasPrefix("/") && segments.starts(with: parts)
                && segments.allSatisfy { $0 != ".." && !$0.utf8.contains(UInt8(ascii: "/")) }
        }
    }
}

extension PermissionDenied {
    init(_ get: ProxyGet, identity: Impersonation, message: String) {
        // Without the path behind it the request is about the subresource, which is what has to be allowed.
        let resource = APIResource(group: "", version: "v1", plural: get.resource, kind: "")
        let path = resource.path(namespace: get.object.namespace, name: get.object.name, subresource: "proxy")
        self.init(KubeRequest(.get, path: path), identity: identity, message: message)
    }
}
