import KubeModel

/// What a system answered.
package struct IntegrationResponse: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// Whether the body goes on behind what was read.
    package var isCut: Bool

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [], isCut: Bool = false) {
        self.status = status
        self.headers = headers
        self.body = body
        self.isCut = isCut
    }

    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    package var text: String { String(decoding: body, as: UTF8.self) }

    package var isSuccess: Bool { (200..<300).contains(status) }

    /// - Throws: ``IntegrationError`` where the body is no JSON object or list.
    package func json() throws(IntegrationError) -> JSONValue {
        if looksLikeHTML {
            throw IntegrationError(.malformed, message: "the answer is a web page where JSON was asked for")
        }
        guard let json = try? JSONParser.parse(body), json.object != nil || json.array != nil else {
            throw IntegrationError(.malformed, message: "the answer is not valid JSON")
        }
        return json
    }

    package var looksLikeHTML: Bool {
        if let type = header("content-type"), type.lowercased().hasPrefix("text/html") { return true }
        return body.first { $0 > 0x20 } == UInt8(ascii: "<")
    }
}

/// Sends requests to one system. Whoever implements it knows the address and the credential, and tells neither.
package protocol IntegrationTransport: Sendable {
    /// - Returns: the answer, whatever its status; never a redirect to another place.
    /// - Throws: ``IntegrationError``; `CancellationError`.
    func send(_ request: IntegrationRequest) async throws -> IntegrationResponse
}
