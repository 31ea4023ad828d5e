import KubeModel

/// Asks one server with the HTTP API of Prometheus: Prometheus itself, Thanos, Mimir, Cortex, VictoriaMetrics. Whatever the
/// base path of the API is, is the prefix of the integration's URL.
package struct PrometheusClient: Sendable {
    private let client: IntegrationClient

    package init(_ client: IntegrationClient) { self.client = client }

    package init(_ transport: ReadingTransport, name: String) {
        client = IntegrationClient(transport, system: "Prometheus", name: name)
    }

    package var name: String { client.name }

    /// What came back, and what the server says about it.
    package struct Answer: Sendable, Hashable {
        package var data: JSONValue
        /// That it is not all, such as the word of a store that did not answer Thanos.
        package var warnings: [String]
        /// Hints about the query.
        package var infos: [String]
    }

    /// - Parameters:
    ///   - what: what is asked for, as messages name it.
    ///   - path: below `/api/v1`.
    /// - Throws: ``IntegrationError``, `CancellationError`.
    package func ask(
        _ what: String, at path: [String], query: [IntegrationRequest.Field] = []
    ) async throws -> Answer {
        let request = try IntegrationRequest(.get, segments: ["api", "v1"] + path, query: query)
        let json: JSONValue
        do {
            json = try await client.json(what, request)
        } catch let error as IntegrationError where error.code == .tooLarge {
            throw IntegrationError(
                .tooLarge, message: "\(error.message): ask for less, such as with topk, sum by (…) or narrower matchers"
            )
        }
        guard json["status"] == "success", let data = json["data"] else {
            throw IntegrationError(
                .malformed, message: "\(client.label) gave no answer of the API of Prometheus for \(what)")
        }
        func texts(_ member: String) -> [String] {
            (json[member]?.array ?? []).compactMap(\.string).prefix(10).map { String($0.prefix(500)) }
        }
        return Answer(data: data, warnings: texts("warnings"), infos: texts("infos"))
    }

    /// - Parameter time: in seconds since 1970; nil for the server's now.
    package func query(_ text: String, at time: Double?) async throws -> (PrometheusResult, Answer) {
        let fields = time.map { [IntegrationRequest.Field("time", value: TimeText.text($0))] } ?? []
        return try await result("the query", at: ["query"], query: [.init("query", value: text)] + fields)
    }

    package func query(_ text: String, over window: PrometheusWindow) async throws -> (PrometheusResult, Answer) {
        try await result(
            "the query", at: ["query_range"],
            query: [
                .init("query", value: text), .init("start", value: TimeText.text(window.start)),
                .init("end", value: TimeText.text(window.end)), .init("step", value: String(window.step)),
            ])
    }

    private func result(
        _ what: String, at path: [String], query: [IntegrationRequest.Field]
    ) async throws -> (PrometheusResult, Answer) {
        let answer = try await ask(what, at: path, query: query)
        guard let result = PrometheusResult(answer.data) else {
            throw IntegrationError(
                .malformed, message: "\(client.label) gave a result for \(what) that is none of Prometheus's")
        }
        return (result, answer)
    }

    /// The values of a label, or with `__name__` the metrics.
    package func values(
        ofLabel label: String, query: [IntegrationRequest.Field] = []
    ) async throws -> (values: [String], answer: Answer) {
        let answer = try await ask(
            "the values of label \(label.excerpt)", at: ["label", label, "values"], query: query)
        return ((answer.data.array ?? []).compactMap(\.string), answer)
    }

    /// - Returns: nil where the server answers queries and doesn't tell.
    package func version() async throws -> String? {
        do {
            return try await ask("its version", at: ["status", "buildinfo"]).data["version"]?.string
        } catch let error as IntegrationError where error.code == .notFound || error.code == .malformed {
            _ = try await query("1", at: nil)
            return nil
        }
    }
}
