import KubeClient
import KubeModel
import Synchronization

/// Answers for the admission policy that proves approvals, in the place of the server.
final class PolicyAPI: KubeAPI {
    private let api: any KubeAPI
    private let isInstalled: @Sendable () -> Bool

    init(_ api: any KubeAPI, isInstalled: @escaping @Sendable () -> Bool) {
        self.api = api
        self.isInstalled = isInstalled
    }

    func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse {
        guard request.path.contains("/validatingadmissionpolic") else {
            return try await api.send(request, as: identity)
        }
        guard isInstalled() else {
            let status: JSONValue = ["kind": "Status", "status": "Failure", "reason": "NotFound", "code": 404]
            return KubeResponse(
                status: 404, contentType: "application/json", warnings: [], body: JSONWriter.bytes(status))
        }
        let object: JSONValue = [
            "metadata": [
                "name": "skyflo-approvals", "labels": ["skyflo.ai/policy-version": "1"], "resourceVersion": "1",
            ],
            "spec": ["failurePolicy": "Fail", "policyName": "skyflo-approvals", "validationActions": ["Deny"]],
        ]
        return KubeResponse(status: 200, contentType: "application/json", warnings: [], body: JSONWriter.bytes(object))
    }

    func stream<Result: Sendable>(
        _ request: KubeRequest, as identity: Impersonation?, _ body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        try await api.stream(request, as: identity, body)
    }
}
