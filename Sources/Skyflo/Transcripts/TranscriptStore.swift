import SkyfloAPI
import WorkflowEngine

/// Keeps the transcripts of conversations: append-only, and each checked against the hash that the status has.
///
/// Of two workers that both believe to be in charge, one is refused to append. What a store needs for that is in
/// ``StoredTranscript/tail``, which nobody else looks into.
package protocol TranscriptStore: Sendable {
    /// What stands for a transcript of which nothing is written.
    func empty(of conversation: Conversation) -> StoredTranscript

    /// Reads all of it, to go on with it. One that is kept where an earlier version did is moved first.
    ///
    /// - Parameter anchor: what the status vouches for, which has to be there as it was.
    /// - Throws: `TranscriptChain.Failure` where it was tampered with or something is missing; ``TranscriptNotMoved``.
    func load(_ conversation: Conversation, anchor: TranscriptChain.Anchor) async throws -> StoredTranscript

    /// Appends entries, in as many requests as their size needs; `stored` moves on with each that succeeded.
    ///
    /// - Throws: what the server says. Some entries may be written then: whoever gets it has to read the transcript again.
    func append(
        _ entries: [TranscriptChain.Entry], to stored: inout StoredTranscript, of conversation: Conversation
    ) async throws

    /// Removes what was moved, from where an earlier version kept it. Only once the status names the new place.
    ///
    /// - Throws: what the server says; what it didn't remove is to be removed later.
    func removeFormer(of stored: inout StoredTranscript, of conversation: Conversation) async throws
}

/// A transcript is where an earlier version kept it, and can't be moved from there. Nothing is lost.
package struct TranscriptNotMoved: Error, CustomStringConvertible {
    package var description: String
    package init(description: String) { self.description = description }
}

/// A piece of a transcript, as it is handed out.
package struct TranscriptPage: Sendable, Hashable {
    /// Lines of JSON, as they were stored.
    package var text: String
    /// Whether a further page may follow.
    package var hasNext: Bool

    package init(text: String, hasNext: Bool) {
        self.text = text
        self.hasNext = hasNext
    }
}

/// Reads transcripts to show them.
package protocol TranscriptReader: Sendable {
    /// As much of it as is whole, and what is wrong with the rest.
    func read(_ conversation: Conversation) async throws -> TranscriptReading
}

/// Hands transcripts out a page at a time, so that nobody holds the whole of a long one.
package protocol TranscriptPages: TranscriptReader {
    /// The page of that number, from 0; nil behind the last one.
    ///
    /// - Throws: what the server says; `TranscriptChain.Failure` for what can't be a page of that transcript.
    func page(_ number: Int, of conversation: Conversation) async throws -> TranscriptPage?
}

extension TranscriptPages {
    /// The chain is verified here, whoever hands the pages out.
    package func read(_ conversation: Conversation) async throws -> TranscriptReading {
        var check = TranscriptCheck(conversation.status.transcript)
        var number = 0
        do {
            while check.fault == nil, let page = try await page(number, of: conversation) {
                check.add(text: page.text)
                guard page.hasNext else { break }
                number += 1
            }
        } catch let failure as TranscriptChain.Failure {
            check.fail(failure)
        }
        return check.finish()
    }
}

/// The conversation that a stored transcript is of, as the store notes it. Only the uid is certain.
package struct TranscriptOwner: Sendable, Hashable {
    package var uid: String
    package var namespace: String?
    package var name: String?

    package init(uid: String, namespace: String? = nil, name: String? = nil) {
        self.uid = uid
        self.namespace = namespace
        self.name = name
    }
}

/// All transcripts that a store has, whosever they are: for removing those whose conversation is gone.
package protocol TranscriptArchive: Sendable {
    /// - Parameter token: what the page before said; nil for the first one.
    /// - Returns: owners, each maybe more than once, and what to ask the next page with; nil behind the last one.
    func owners(after token: String?) async throws -> (owners: Set<TranscriptOwner>, next: String?)

    /// What is noted of the transcript of a conversation; none where there is no such transcript. More than one where
    /// somebody changed the notes.
    func owners(uid: String) async throws -> Set<TranscriptOwner>

    /// Removes the transcript of a conversation, as far as there is one.
    func remove(uid: String) async throws
}
