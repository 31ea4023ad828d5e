import ControllerRuntime
import HTTPTypes
import Hummingbird
import KubeModel
import NIOCore

/// What else is served beside events.
extension LiveFront {
    /// - Returns: nil for a request for events.
    /// - Throws: `APIStatus` 429 where the address asks for too much.
    func answer(byRoutes request: Request, from address: String) async throws -> Response? {
        guard !routes.isEmpty, EventRequest.place(in: request) == nil else { return nil }
        guard limiter.request(address) else { throw Self.tooManyRequests }
        let wanted = EndpointRequest(request)
        for route in routes {
            if let answer = await route.answer(wanted) { return Response(answer) }
        }
        throw EventRequest.nothing
    }
}

extension EndpointRequest {
    fileprivate init(_ request: Request) {
        let query = request.uri.queryParameters.map { (String($0.key), String($0.value)) }
        let body = request.body
        self.init(
            method: request.method.rawValue,
            path: request.uri.path.split(separator: "/").map { PercentEncoding.decode($0) ?? String($0) },
            query: Dictionary(query, uniquingKeysWith: { first, _ in first }),
            headers: request.headers.map { ($0.name.canonicalName, $0.value) }
        ) { limit in
            var all = ByteBuffer()
            for try await part in body where all.readableBytes <= limit { all.writeImmutableBuffer(part) }
            return all.readableBytes <= limit ? Array(buffer: all) : nil
        }
    }
}

extension Response {
    fileprivate init(_ answer: EndpointResponse) {
        var fields = HTTPFields()
        fields[.contentType] = answer.contentType
        fields[.cacheControl] = "no-store"
        for header in answer.headers {
            guard let name = HTTPField.Name(header.name) else { continue }
            fields.append(HTTPField(name: name, value: header.value))
        }
        self.init(
            status: .init(code: answer.status), headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
}
