import SkyfloAPI
import WorkflowEngine

/// Keeps the transcript of one conversation: append-only, and checked against the hash that the status has.
///
/// Of two workers that both believe to be in charge, one is refused to append. What a store needs for that is in
/// ``StoredTranscript/tail``, which nobody else looks into.
package protocol TranscriptStore: Sendable {
    /// What stands for a transcript of which nothing is written.
    func empty(of conversation: Conversation) -> StoredTranscript

    /// Reads all of it, to go on with it.
    ///
    /// - Parameter anchor: what the status vouches for, which has to be there as it was.
    /// - Throws: `TranscriptChain.Failure` where it was tampered with or something is missing.
    func load(_ conversation: Conversation, anchor: TranscriptChain.Anchor) async throws -> StoredTranscript

    /// Appends entries, in as many requests as their size needs; `stored` moves on with each that succeeded.
    ///
    /// - Throws: what the server says. Some entries may be written then: whoever gets it has to read the transcript again.
    func append(
        _ entries: [TranscriptChain.Entry], to stored: inout StoredTranscript, of conversation: Conversation
    ) async throws
}

/// Reads transcripts to show them.
package protocol TranscriptReader: Sendable {
    /// As much of it as is whole, and what is wrong with the rest.
    func read(_ conversation: Conversation) async throws -> TranscriptReading
}
