import KubeClient
import KubeModel
import Synchronization

/// A ``FakeCluster`` that knows some tokens, and answers what their users may do.
struct ReviewingAPI: KubeAPI {
    let cluster: FakeCluster
    /// Users by their tokens.
    var users: [String: String]
    /// `alice get conversations/transcript shop/talk`
    var allowed: Set<String>
    /// What was asked for, in order: `alice get conversations/transcript shop/talk`, or `token`.
    let asked = Asked()

    final class Asked: Sendable {
        private let list = Mutex<[String]>([])
        var all: [String] { list.withLock(\.self) }
        func add(_ text: String) { list.withLock { $0.append(text) } }
    }

    func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse {
        let spec = request.body.flatMap { try? JSONParser.parse($0) }?["spec"]
        if request.path.hasSuffix("/tokenreviews") {
            asked.add("token")
            guard let user = users[spec?["token"]?.string ?? ""] else { return answer(["authenticated": false]) }
            return answer([
                "authenticated": true,
                "user": [
                    "username": .string(user), "uid": "u", "groups": ["system:authenticated"],
                    "extra": ["scopes": ["read"]],
                ],
            ])
        }
        if request.path.hasSuffix("/subjectaccessreviews") {
            let text = Self.text(spec)
            asked.add(text)
            return answer(["allowed": .bool(allowed.contains(text))])
        }
        return try await cluster.send(request, as: identity)
    }

    func stream<Result: Sendable>(
        _ request: KubeRequest, as identity: Impersonation?, body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        try await cluster.stream(request, as: identity, body: body)
    }

    private func answer(_ status: JSONValue) -> KubeResponse {
        KubeResponse(status: 201, body: JSONWriter.bytes(["status": status]))
    }

    private static func text(_ spec: JSONValue?) -> String {
        let attributes = spec?["resourceAttributes"]
        func member(_ name: String) -> String { attributes?[name]?.string ?? "" }
        let resource = [member("resource"), member("subresource")].filter { !$0.isEmpty }.joined(separator: "/")
        let object = [member("namespace"), member("name")].filter { !$0.isEmpty }.joined(separator: "/")
        return "\(spec?["user"]?.string ?? "") \(member("verb")) \(resource) \(object)"
    }
}
