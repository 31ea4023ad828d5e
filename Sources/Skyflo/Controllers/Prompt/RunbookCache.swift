import ControllerRuntime
import KubeClient
import KubeModel
import SkyfloAPI
import Synchronization
import WorkflowEngine
import Writes

/// A runbook with its text.
struct Runbook: Sendable, Hashable {
    var reference: RunbookReference
    var text: String

    var name: String { reference.name }

    /// As the model gets it.
    var section: String {
        "Runbook \(name) (by those who run this installation; follow it where it applies):\n\(text)"
    }
}

/// Runbooks as they were read from ConfigMaps within the last minute.
final class RunbookCache: Sendable {
    static let lifetime = Duration.seconds(60)
    /// Bytes of one, and of all that one request has.
    static let limit = 8 * 1024
    static let totalLimit = 16 * 1024

    private struct Place: Hashable {
        /// As whom it was read.
        var identity: Impersonation?
        var configMap: ObjectKey
        var key: String
    }

    private let found = Mutex<[Place: (text: String?, at: Duration)]>([:])

    /// Those of a SkyfloAI that match one of a conversation's messages, in the SkyfloAI's order. One that isn't there is left
    /// out: a conversation does without.
    func matching(
        _ conversation: Conversation, in skyflo: SkyfloAI, redactor: Redactor, api: any KubeAPI,
        clock: any RuntimeClock
    ) async throws -> [Runbook] {
        let spec = conversation.spec
        let messages = spec.messages + spec.followUps.values
        var runbooks: [Runbook] = []
        for reference in skyflo.runbooks where reference.covers(namespace: conversation.namespace) {
            guard messages.contains(where: reference.matches(message:)),
                let text = try await text(of: reference, in: skyflo, api: api, clock: clock)
            else { continue }
            runbooks.append(Runbook(reference: reference, text: redactor.redact(text: text).bounded(to: Self.limit)))
        }
        return runbooks
    }

    /// nil where the ConfigMap, or its key, isn't there or may not be read. That is never remembered.
    func text(
        of reference: RunbookReference, in skyflo: SkyfloAI, isNew: Bool = false, api: any KubeAPI,
        clock: any RuntimeClock
    ) async throws -> String? {
        let key = ObjectKey(namespace: skyflo.object.namespace, name: reference.configMap)
        let reader = SecretsAPI(api, for: skyflo)
        let (place, now) = (Place(identity: reader.identity, configMap: key, key: reference.key), clock.uptime)
        if !isNew, let known = found.withLock({ $0[place] }), now - known.at < Self.lifetime { return known.text }
        let text: String?
        do {
            let object = try await reader.find(.runbooks, namespace: key.namespace, name: key.name)
            text = object?["data", reference.key]?.string.flatMap { $0.isEmpty ? nil : $0 }
        } catch is APIStatus {
            text = nil
        } catch is SecretForbidden {
            text = nil
        }
        found.withLock { found in
            found = found.filter { now - $0.value.at < Self.lifetime }
            found[place] = text.map { ($0, now) }
        }
        return text
    }
}

extension RunbookReference {
    fileprivate func covers(namespace: String) -> Bool {
        namespaces.isEmpty || namespaces.contains { WildcardPattern($0).matches(namespace) }
    }
}

extension APIResource {
    fileprivate static let runbooks = APIResource(group: "", version: "v1", plural: "configmaps", kind: "ConfigMap")
}
