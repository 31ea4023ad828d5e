import KubeClient
import SkyfloAPI
import Transcripts

extension SecretTranscriptStore {
    /// - Parameter redactionKey: of the installation: what the model wrote of credentials is encrypted with it.
    init(api: any KubeAPI, redactionKey: [UInt8], of conversation: Conversation) {
        self.init(api: api, veil: ConversationCipher(key: redactionKey, uid: conversation.uid))
    }
}
