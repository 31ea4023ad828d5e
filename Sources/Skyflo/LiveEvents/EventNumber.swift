import KubeModel
import SkyfloAPI

/// Where an event stands in its conversation: a number that rises with every event, whoever tells it.
///
/// It follows from the transcript alone. An entry leaves room for the events that tell it and for those that pass until the
/// next (tokens), and each takeover leaves out the numbers that the worker before may have given to entries which were never
/// stored. So an event that is rebuilt from the transcript, by any worker and at any time, has the number that it had when it
/// happened, and no number is given twice.
package struct EventNumber: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Between two entries.
    static let perEntry: Int64 = 1_000_000
    /// Of these, those that tell the entry itself.
    static let perFact: Int64 = 1_000
    /// Entries that a worker which is taken over may have told and not stored.
    static let perTakeover: Int64 = 1_000
    /// Any larger one isn't exact as a JavaScript number.
    private static let largestValue: Int64 = 1 << 53

    /// Positive.
    package let value: Int64

    /// Before the first event.
    package static let zero = EventNumber(value: 0)

    package static let largest = EventNumber(value: largestValue)

    private init(value: Int64) { self.value = value }

    /// The first number of an entry.
    ///
    /// - Parameters:
    ///   - entry: its position in the transcript, from 1.
    ///   - takeovers: how many entries up to this one say that another worker goes on.
    package init(entry: Int, takeovers: Int) {
        // Bounded first, so that no sum or product overflows.
        let bound = Self.largestValue / Self.perEntry
        let position = min(Int64(entry), bound) + min(Int64(takeovers), bound) * Self.perTakeover
        value = min(position, bound) * Self.perEntry
    }

    /// nil for what isn't a number that an event may have.
    package init?(_ text: some StringProtocol) {
        guard let value = Int64(text), (0...Self.largestValue).contains(value) else { return nil }
        self.value = value
    }

    /// That of the event so many places later, of those that the entry leaves room for.
    func advanced(by offset: Int64) -> EventNumber { EventNumber(value: value + offset) }

    /// The last one before the events that pass after this entry.
    var lastOfFact: EventNumber { EventNumber(value: value / Self.perEntry * Self.perEntry + Self.perFact - 1) }

    /// Whether there is room for an event after this one.
    var hasNext: Bool { value % Self.perEntry < Self.perEntry - 1 }

    package var description: String { String(value) }

    package static func < (a: EventNumber, b: EventNumber) -> Bool { a.value < b.value }
}

extension EventNumber: JSONCodable {
    package init?(json: JSONValue) {
        guard let number = json.int else { return nil }
        self.init(String(number))
    }

    package var json: JSONValue { .int(value) }
}
