import KubeClient
import KubeModel
import SkyfloAPI
import WorkflowEngine

/// Transcripts out of the Secrets that a ``SecretTranscriptStore`` has written, as people may see them: it needs no key.
///
/// The conversation's uid says which Secrets they are, not its status: whoever may write that can't have another's handed
/// out.
package struct SecretTranscriptReader: TranscriptPages {
    private let api: any KubeAPI
    private let namespace: String

    /// - Parameter namespace: where the operator keeps transcripts.
    package init(api: any KubeAPI, namespace: String) {
        self.api = api
        self.namespace = namespace
    }

    package func page(_ number: Int, of conversation: Conversation) async throws -> TranscriptPage? {
        let place = place(of: conversation)
        let secret = try await api.find(.secrets, namespace: place.namespace, name: place.name(number))
        guard let secret else { return nil }
        // A Secret is made immutable before the next one is made.
        return TranscriptPage(
            text: try SecretChunk(secret, owner: place.owner).text, hasNext: secret["immutable"]?.bool ?? false)
    }

    private func place(of conversation: Conversation) -> TranscriptPlace {
        conversation.status.transcriptPosition?.isBesideConversation == true
            ? TranscriptPlace(beside: conversation) : TranscriptPlace(of: conversation, in: namespace)
    }
}

/// The content of one Secret of a transcript.
struct SecretChunk {
    var text = ""
    var bytes = 0
    var appends = 0

    /// - Parameter owner: the uid of the conversation that has to own the Secret; nil takes it whoever owns it.
    init(_ secret: KubeObject, owner: String? = nil) throws(TranscriptChain.Failure) {
        guard owner == nil || secret.controller?.uid == owner else {
            throw .init(description: "the Secret \(secret.name) doesn't belong to the conversation")
        }
        let keys = (secret["data"]?.object?.keys ?? []).sorted()
        for key in keys {
            guard let data = secret["data", key]?.string.flatMap(Base64.decode) else {
                throw .init(description: "the Secret \(secret.name) has a value under \(key) that is not Base64")
            }
            text += String(decoding: data, as: UTF8.self)
            bytes += data.count
        }
        appends = keys.count
    }
}
