import KubeModel

extension APIServer {
    /// `/proxy` of a service or pod: an answer that a simulated application could give.
    ///
    /// `/status/CODE` answers with that status, `/redirect` with one to `/healthz`, `/large` with a megabyte, and any other
    /// path with what was asked for. A service that says in an annotation what is behind it is asked for real
    /// (``ForwardedRequest``).
    func proxy(_ call: ResourceCall) throws(APIStatus) -> APIResponse {
        let (name, port) = try Self.parts(call.target.name ?? "")
        let key = call.definition.key(call.target.namespace, name: name)
        let object = try storage.live(call.definition, key: key).object
        if call.api.plural == "services" {
            if let forwarded = ForwardedRequest(object, target: Self.target(behindProxy: call)) {
                return APIResponse(forward: forwarded)
            }
            try checkEndpoints(of: object, port: port)
        } else if object["status", "phase"]?.string != "Running" {
            throw Self.unreachable("error trying to reach service: dial tcp: connect: connection refused")
        }
        var path = "/" + call.info.segments.drop { $0 != "proxy" }.dropFirst().joined(separator: "/")
        if call.request.path.hasSuffix("/"), path != "/" { path += "/" }
        return Self.simulated(path, of: object, for: call)
    }

    /// As it came, not decoded.
    private static func target(behindProxy call: ResourceCall) -> String {
        let path = call.request.path
        let rest = path.firstRange(of: "/proxy").map { path[$0.upperBound...] } ?? ""
        let query = call.request.query.map {
            "\(PercentEncoding.query($0.name))=\(PercentEncoding.query($0.value))"
        }.joined(separator: "&")
        return (rest.isEmpty ? "/" : String(rest)) + (query.isEmpty ? "" : "?\(query)")
    }

    /// `[https:]NAME[:PORT]`
    private static func parts(_ text: String) throws(APIStatus) -> (name: String, port: String) {
        var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 3, ["http", "https", ""].contains(parts[0]) { parts.removeFirst() }
        guard let name = parts.first, parts.count <= 2 else {
            throw .badRequest("invalid service request \"\(text)\"")
        }
        return (name, parts.count == 2 ? parts[1] : "")
    }

    private func checkEndpoints(of service: KubeObject, port: String) throws(APIStatus) {
        let ports = service["spec", "ports"]?.array ?? []
        let isKnown =
            port.isEmpty
            ? ports.count == 1 : ports.contains { $0["name"]?.string == port || "\($0["port"]?.int ?? 0)" == port }
        guard isKnown else {
            throw Self.unreachable("no service port \"\(port)\" found for service \"\(service.name)\"")
        }
        let selector = service["spec", "selector"].flatMap { LabelSelector(["matchLabels": $0]) }
        let pods = store.list(APIResource.pods.id, namespace: service.namespace).items.map(\.object)
        guard let selector, pods.contains(where: { selector.matches($0.labels) && PodState.isReady($0) }) else {
            throw Self.unreachable("no endpoints available for service \"\(service.name)\"")
        }
    }

    private static func unreachable(_ message: String) -> APIStatus {
        APIStatus(code: 503, reason: .serviceUnavailable, message: message)
    }

    private static func simulated(_ path: String, of object: KubeObject, for call: ResourceCall) -> APIResponse {
        var response = APIResponse.text("ok\n")
        response.headers = [("X-Simulated", object.name)]
        let segments = path.split(separator: "/").map(String.init)
        switch segments.first {
        case "status":
            response.status = segments.last.flatMap { Int($0) }.flatMap { (200..<600).contains($0) ? $0 : nil } ?? 404
            response.body = .bytes(Array("status \(response.status)\n".utf8))
        case "redirect":
            response.status = 302
            response.headers.append(("Location", "/healthz"))
        case "large": response.body = .bytes([UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20))
        case "healthz", "livez", "readyz": break
        default:
            let query = call.request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
            let text = "\(call.request.method) \(path)\(query.isEmpty ? "" : "?\(query)") of \(object.name)\n"
            response.body = .bytes(Array(text.utf8))
        }
        return response
    }
}
