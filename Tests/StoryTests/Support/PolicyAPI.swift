import FoundationEssentials
import KubeClient
import KubeModel
import Synchronization

/// Answers for the admission policy that proves approvals, in the place of the server: as config/admission has it.
final class PolicyAPI: KubeAPI {
    private let api: any KubeAPI
    private let installed: @Sendable () -> KubeTime?

    /// - Parameter installed: when it was; nil where it isn't.
    init(_ api: any KubeAPI, installed: @escaping @Sendable () -> KubeTime?) {
        self.api = api
        self.installed = installed
    }

    static func manifests() throws -> [KubeObject] {
        let file = URL(filePath: Story.root + "config/admission/skyflo-approvals.yaml")
        return try YAML.parseAll(String(contentsOf: file, encoding: .utf8)).map { KubeObject($0) }
    }

    func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse {
        guard request.path.contains("/validatingadmissionpolic") else {
            return try await api.send(request, as: identity)
        }
        guard let time = installed() else {
            let status: JSONValue = ["kind": "Status", "status": "Failure", "reason": "NotFound", "code": 404]
            return KubeResponse(
                status: 404, contentType: "application/json", warnings: [], body: JSONWriter.bytes(status))
        }
        let isBinding = request.path.contains("bindings")
        guard var object = try Self.manifests().first(where: { $0.kind.hasSuffix("Binding") == isBinding }) else {
            throw KubeClientError(.unreachable, message: "no manifest")
        }
        object["metadata", "creationTimestamp"] = .string(time.microTime)
        return KubeResponse(
            status: 200, contentType: "application/json", warnings: [], body: JSONWriter.bytes(object.json))
    }

    func stream<Result: Sendable>(
        _ request: KubeRequest, as identity: Impersonation?, body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        try await api.stream(request, as: identity, body: body)
    }
}
