import KubeClient
import SkyfloAPI
import Transcripts

extension ConversationReconciler.Dependencies {
    /// Where the transcript of a conversation is kept. What the model wrote of credentials is encrypted in it with the
    /// installation's key.
    func transcripts(of conversation: Conversation) -> any TranscriptStore {
        SecretTranscriptStore(
            api: api, namespace: options.systemNamespace,
            veil: ConversationCipher(key: options.redactionKey, uid: conversation.uid))
    }
}
