import KubeClient
import KubeModel
import SkyfloAPI

/// A planned request, tried out: validated and admitted by the API server, stored nowhere (KEP-576).
package struct DryRun {
    let planned: PlannedRequest
    package let response: KubeResponse
    private let identity: Impersonation
    private let redactor: Redactor

    /// - Throws: ``ToolFailure`` where there is no dry run of such a request; whatever keeps the API server from answering.
    package init(_ planned: PlannedRequest, api: ReadOnlyAPI, redactor: Redactor) async throws {
        self.planned = planned
        self.redactor = redactor
        identity = api.identity
        do {
            response = try await api.send(planned.request.asDryRun)
        } catch let refused as WriteRefused {
            throw ToolFailure(describing: refused)
        }
    }

    /// - Returns: what the object would become; nil where the server can't try the request out.
    /// - Throws: ``ToolFailure`` with the server's words, without secrets, where it refused.
    package func answer() throws -> KubeObject? {
        if obstacle != nil { return nil }
        guard (200..<300).contains(response.status) else { throw failure }
        return KubeObject(try response.json())
    }

    /// The target after the request; nil for a deletion. A scale is answered by a `Scale`, which goes into the object that
    /// it scales.
    func result(_ answer: KubeObject) -> KubeObject? {
        if planned.request.method == .delete { return nil }
        guard answer.kind == "Scale", var after = planned.before, after.kind != "Scale" else { return answer }
        after["spec", "replicas"] = answer["spec", "replicas"]
        return after
    }

    /// Why the server can't try the request out; nil where it can. It refuses dry runs of whatever an admission webhook
    /// looks at that doesn't declare to be without side effects (KEP-576).
    var obstacle: String? {
        guard response.status == 400 else { return nil }
        let message = response.failure.message
        guard message.contains("does not support dry run") else { return nil }
        return redactor.redact(text: message, knowing: planned.secrets(redactor))
    }

    var warnings: [String] { response.warnings.map { redactor.redact(text: $0, knowing: planned.secrets(redactor)) } }

    /// A refusal in the server's words, without secrets.
    var failure: ToolFailure {
        let status = response.failure
        let error: any Error =
            PermissionDenied.isReason(of: status)
            ? PermissionDenied(planned.request, identity: identity, message: status.message) : status
        let text = "\(planned.target.text): \(ToolFailure(describing: error).message)"
        var failure = ToolFailure(redactor.redact(text: text, knowing: planned.secrets(redactor)))
        if case .stale = KubernetesBackend.classify(response, of: planned) { failure.isStale = true }
        return failure
    }
}

extension PlannedRequest {
    /// The body, where it is an object.
    var submitted: KubeObject? { request.body.flatMap { try? JSONParser.parse($0) }.map { KubeObject($0) } }

    /// What the request carries or meets of secrets: servers repeat values in their messages.
    func secrets(_ redactor: Redactor) -> Set<String> {
        var secrets = before.map(Redactor.secrets(in:)) ?? []
        if target.resource.isSame(as: .secrets), var body = submitted, body.json.object != nil {
            body.json["kind"] = "Secret"
            body.json["apiVersion"] = "v1"
            secrets.formUnion(Redactor.secrets(in: body))
        }
        var credentials = before.map { redactor.credentials(in: $0.json) } ?? []
        if let body = request.body.flatMap({ try? JSONParser.parse($0) }),
            let shown = redacted(by: redactor)["body"]?.string.flatMap({ try? JSONParser.parse($0) })
        {
            credentials.formUnion(Redactor.hidden(in: body, shown: shown))
        }
        // A password that is a common word, or the object's own name, would be hidden all over the text.
        return secrets.union(credentials.filter { $0.utf8.count >= 6 && !target.text.contains($0) })
    }
}
