import KubeModel
import NIOHTTP1
import Tracing

/// The span of one try of a request, by OpenTelemetry's conventions for HTTP clients, with the trace's headers, which a
/// kube-apiserver takes on (KEP-647). Of streams and commands it ends with the answer's head.
struct RequestSpan {
    private let request: KubeRequest
    private let endpoint: Endpoint
    private let tracer: any Tracer

    init(_ request: KubeRequest, endpoint: Endpoint, tracer: any Tracer) {
        self.request = request
        self.endpoint = endpoint
        self.tracer = tracer
    }

    func run<Answer>(
        _ headers: HTTPHeaders, status: (Answer) -> Int, send: (HTTPHeaders) async throws -> Answer
    ) async throws -> Answer {
        try await tracer.withAnySpan(name, context: .current ?? .topLevel, ofKind: .client) { span in
            var headers = headers
            tracer.inject(span.context, into: &headers, using: HeaderInjector())
            describe(span)
            do {
                let answer = try await send(headers)
                note(status(answer), span: span)
                return answer
            } catch {
                span.attributes["error.type"] =
                    "\((error as? KubeClientError)?.code.description ?? "\(type(of: error))")"
                throw error
            }
        }
    }

    /// The span's name, without those of objects: there are too many of them to tell spans apart by.
    private var name: String { "\(request.method.rawValue) \(resource ?? request.path)" }

    private var resource: String? {
        ResourcePath(request.path).map { place in
            [place.resource, place.subresource].compactMap { $0 }.joined(separator: "/")
        }
    }

    private func describe(_ span: any Span) {
        span.attributes["http.request.method"] = request.method.rawValue
        // Without the query: that of a command holds its arguments.
        span.attributes["url.full"] = endpoint.base + request.path
        span.attributes["server.address"] = endpoint.host
        span.attributes["server.port"] = endpoint.port
    }

    private func note(_ status: Int, span: any Span) {
        span.attributes["http.response.status_code"] = status
        guard status >= 400 else { return }
        span.attributes["error.type"] = "\(status)"
        span.setStatus(SpanStatus(code: .error))
    }
}

private struct HeaderInjector: Injector {
    func inject(_ value: String, forKey name: String, into headers: inout HTTPHeaders) {
        headers.replaceOrAdd(name: name, value: value)
    }
}
