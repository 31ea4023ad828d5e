import KubeModel
import SkyfloAPI
import WorkflowEngine

/// A transcript as it is stored, and where the next append goes.
package struct StoredTranscript: Sendable {
    /// The largest entry that any store takes. In a Secret of its own it fits also where it is concealed: what is shown
    /// stands beside the whole in Base64 then, which makes seven thirds of it.
    package static let entryBytes = 400 * 1024

    package var entries: [TranscriptChain.Entry] = []
    package internal(set) var chain: TranscriptChain
    package var position: TranscriptPosition
    /// Of what is appended to; nil when the next append begins something new.
    var tail: Tail?

    init(chain: TranscriptChain, position: TranscriptPosition) {
        self.chain = chain
        self.position = position
    }

    struct Tail: Sendable, Hashable {
        var resourceVersion: String
        var uid: String
        var bytes: Int
        var appends: Int
        /// Nothing can be added to it.
        var isSealed = false
    }
}

/// A transcript as far as it is whole.
package struct TranscriptReading: Sendable {
    package var entries: [TranscriptChain.Entry] = []
    /// As they are stored, hashes included.
    package var lines: [JSONValue] = []
    package var head = ""
    /// What is wrong, nil when nothing is. `entries` is what comes before it.
    package var fault: String?
}
