import Crypto
import KubeModel
import SkyfloAPI

/// The transcript's entries as lines of JSON, each with the hash of itself and of all before it.
///
/// An entry that is changed, left out or moved breaks the chain from there on.
package struct TranscriptChain: Sendable {
    package struct Entry: Sendable, Hashable {
        package var at: KubeTime
        package var event: TurnEvent

        package init(at: KubeTime, event: TurnEvent) {
            self.at = at
            self.event = event
        }
    }

    package struct Failure: Error, Sendable, CustomStringConvertible {
        package var description: String
        package init(description: String) { self.description = description }
    }

    /// What an entry has besides the members of its event.
    private enum Member {
        static let at = "at"
        /// The event's own JSON, encrypted, where the other members are what readers may see of it.
        static let concealed = "concealed"
        /// Of the entry without it, and of the one before.
        static let hash = "hash"
    }

    /// Hexadecimal SHA-256 of the last entry; empty before the first.
    package private(set) var head = ""
    package private(set) var count = 0
    private let anchor: Anchor?

    /// What is known of the chain from elsewhere: the hash of one of its entries.
    package struct Anchor: Sendable, Hashable {
        /// How many entries there were; 0 for none.
        package var count: Int
        package var head: String

        package init(count: Int, head: String) {
            self.count = count
            self.head = head
        }
    }

    /// - Parameter anchor: nil where nothing is known: whoever may write the entries may then have made up all of them, for
    ///   the hashes have no key.
    package init(anchor: Anchor? = nil) { self.anchor = anchor }

    /// Appends an entry.
    /// - Parameter veil: what hides from readers of the transcript what isn't for them.
    /// - Returns: its line, with the line feed.
    package mutating func append(_ entry: Entry, veil: (any TranscriptCipher)? = nil) -> String {
        var json = entry.event.json
        if let hidden = veil?.encrypt(entry.event, json: json) {
            json = hidden.shown.json
            json[Member.concealed] = .string(hidden.concealed)
        }
        json[Member.at] = .string(entry.at.microTime)
        count += 1
        head = Self.hash(head, json: json)
        json[Member.hash] = .string(head)
        return JSONWriter.string(json) + "\n"
    }

    /// Reads lines that continue the chain and moves its head behind them; throws at the first that doesn't.
    ///
    /// - Parameter veil: nil reads what readers may see.
    package mutating func read(_ lines: String, veil: (any TranscriptCipher)? = nil) throws(Failure) -> [Entry] {
        var entries: [Entry] = []
        for line in lines.split(separator: "\n") {
            entries.append(try read(line: line, veil))
        }
        return entries
    }

    private mutating func read(line: Substring, _ veil: (any TranscriptCipher)?) throws(Failure) -> Entry {
        let position = count + 1
        guard var json = try? JSONParser.parse(String(line)) else {
            throw Failure(description: "entry \(position) of the transcript is not JSON")
        }
        let stored = json[Member.hash]?.string
        json[Member.hash] = nil
        let hash = Self.hash(head, json: json)
        guard hash == stored else {
            throw Failure(
                description: "entry \(position) of the transcript does not match the hash of the entry before it")
        }
        let time = json[Member.at]?.string
        if let veil, let concealed = json[Member.concealed]?.string {
            guard let whole = veil.decrypt(concealed) else {
                throw Failure(
                    description: "entry \(position) of the transcript was encrypted with another key")
            }
            json = whole
        }
        guard let at = time.flatMap(KubeTime.init), let event = TurnEvent(json: json) else {
            throw Failure(
                description: "entry \(position) of the transcript is of a kind that this version doesn't know")
        }
        if let anchor, anchor.count == position, anchor.head != hash {
            throw Failure(
                description: "the hash of entry \(position) of the transcript differs from the one in the status")
        }
        head = hash
        count = position
        return Entry(at: at, event: event)
    }

    /// What of the entries may be acted upon. A ``TurnEvent/disregarded(after:)`` takes those before it away.
    package static func believed(_ entries: [Entry]) -> [Entry] {
        believedPositions(entries).map { entries[$0] }
    }

    private static func hash(_ head: String, json: JSONValue) -> String {
        var hasher = SHA256()
        hasher.update(data: Array(head.utf8))
        hasher.update(data: JSONWriter.bytes(json, options: .canonical))
        return hasher.finalize().hexadecimal
    }
}

/// Hides parts of a transcript from its readers: what is shown of an event stands beside the encrypted whole.
package protocol TranscriptCipher: Sendable {
    /// - Parameter json: the event's own.
    /// - Returns: nil where there is nothing to hide.
    func encrypt(_ event: TurnEvent, json: JSONValue) -> (shown: TurnEvent, concealed: String)?
    /// The event's own JSON; nil for what was concealed by somebody else.
    func decrypt(_ concealed: String) -> JSONValue?
}

extension ConversationStatus {
    /// What it says of the transcript. Only who may write the status could have forged it.
    package var transcript: TranscriptChain.Anchor {
        .init(count: transcriptPosition?.entries ?? 0, head: transcriptPosition?.head ?? "")
    }
}
