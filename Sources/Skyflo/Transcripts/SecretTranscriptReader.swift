import KubeClient
import KubeModel
import SkyfloAPI
import WorkflowEngine

/// Reads transcripts that a ``SecretTranscriptStore`` has written, as people may see them: it needs no key.
package struct SecretTranscriptReader: TranscriptReader {
    private let api: any KubeAPI

    package init(api: any KubeAPI) { self.api = api }

    package func read(_ conversation: Conversation) async throws -> TranscriptReading {
        let prefix = conversation.status.transcriptPosition?.secretPrefix
        var check = TranscriptCheck(
            conversation.status.transcript,
            secretPrefix: prefix ?? SecretTranscriptStore.secretPrefix(conversation))
        try await addSecrets(of: conversation, to: &check, owner: conversation.uid)
        return check.finish()
    }

    /// Takes in the Secrets in their order, up to the first that isn't there.
    func addSecrets(
        of conversation: Conversation, to check: inout TranscriptCheck, owner: String? = nil
    ) async throws {
        let prefix = check.stored.position.secretPrefix
        var number = 0
        while check.fault == nil,
            let secret = try await api.find(
                .secrets, namespace: conversation.namespace, name: "\(prefix)-\(number)")
        {
            check.add(secret, ownedBy: owner)
            number += 1
        }
    }
}
