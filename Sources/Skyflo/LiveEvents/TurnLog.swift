import KubeModel

/// The events of one turn, as long as they are kept: a ring with limits. Pure bookkeeping.
///
/// Tokens are kept as text with the ends of its pieces, a few bytes each. What passes is dropped before facts are: the text of
/// a reply is also in the event that ends it.
package struct TurnLog: Sendable {
    /// In bytes, about.
    static let passingLimit = 256 * 1024
    static let factLimit = 512 * 1024

    /// Pieces of text, one behind the other.
    private struct TextRun: Sendable {
        var isThinking: Bool
        var first: EventNumber
        var firstCount: Int
        var text: [UInt8] = []
        var ends: [UInt32] = []

        var last: EventNumber { first.advanced(by: Int64(ends.count) - 1) }

        func event(_ index: Int) -> LiveEvent {
            let start = index == 0 ? 0 : Int(ends[index - 1])
            let piece = String(decoding: text[start..<Int(ends[index])], as: UTF8.self)
            return LiveEvent(
                first.advanced(by: Int64(index)),
                isThinking ? .thinking(piece) : .token(piece, count: firstCount + index))
        }
    }

    private enum Item: Sendable {
        case fact(LiveEvent, size: Int)
        case passing(LiveEvent, size: Int)
        case text(TextRun)

        var last: EventNumber {
            switch self {
            case .fact(let event, _), .passing(let event, _): event.number
            case .text(let run): run.last
            }
        }

        var size: Int {
            switch self {
            case .fact(_, let size), .passing(_, let size): size
            case .text(let run): run.text.count + 4 * run.ends.count
            }
        }

        var isFact: Bool { if case .fact = self { true } else { false } }
    }

    private var items: [Item] = []
    private var factBytes = 0
    private var passingBytes = 0
    /// The newest that is no longer kept; nil where all are.
    package private(set) var newestDropped: EventNumber?
    package private(set) var last = EventNumber.zero

    package init() {}

    /// About how many bytes it holds.
    package var bytes: Int { factBytes + passingBytes }

    // MARK: Writing

    /// - Parameter event: with a larger number than all before.
    mutating func append(fact event: LiveEvent) {
        let size = JSONWriter.bytes(event.json).count
        items.append(.fact(event, size: size))
        factBytes += size
        last = event.number
        while factBytes > Self.factLimit, items.count > 1 { drop { $0.isFact } }
    }

    mutating func append(passing event: LiveEvent) {
        last = event.number
        switch event.content {
        case .token(let text, let count): append(text, isThinking: false, count: count, number: event.number)
        case .thinking(let text): append(text, isThinking: true, count: 0, number: event.number)
        default:
            let size = JSONWriter.bytes(event.json).count
            items.append(.passing(event, size: size))
            passingBytes += size
        }
        while passingBytes > Self.passingLimit, items.count > 1 { drop { !$0.isFact } }
    }

    private mutating func append(_ text: String, isThinking: Bool, count: Int, number: EventNumber) {
        passingBytes += text.utf8.count + 4
        if case .text(var run)? = items.last, run.isThinking == isThinking, run.last.advanced(by: 1) == number,
            run.text.count < Self.passingLimit / 8
        {
            // So that the run isn't copied.
            items.removeLast()
            run.text += text.utf8
            run.ends.append(UInt32(run.text.count))
            items.append(.text(run))
        } else {
            var run = TextRun(isThinking: isThinking, first: number, firstCount: count)
            run.text = Array(text.utf8)
            run.ends = [UInt32(run.text.count)]
            items.append(.text(run))
        }
    }

    private mutating func drop(where isDropped: (Item) -> Bool) {
        guard let at = items.firstIndex(where: isDropped) else { return }
        let item = items.remove(at: at)
        if item.isFact { factBytes -= item.size } else { passingBytes -= item.size }
        newestDropped = max(newestDropped ?? .zero, item.last)
    }

    // MARK: Reading

    /// The events behind a number, at most about so many bytes of them; at least one where there is one.
    package func events(after number: EventNumber, bytes limit: Int) -> [LiveEvent] {
        guard number < last, limit > 0 else { return [] }
        var events: [LiveEvent] = []
        var left = limit
        for item in items[firstItem(after: number)...] {
            switch item {
            case .fact(let event, let size), .passing(let event, let size):
                events.append(event)
                left -= size
            case .text(let run):
                let offset = number.value - run.first.value + 1
                for index in Int(max(0, offset))..<run.ends.count {
                    events.append(run.event(index))
                    left -= 64
                    if left <= 0 { return events }
                }
            }
            if left <= 0 { return events }
        }
        return events
    }

    /// From the end, because most readers are there.
    private func firstItem(after number: EventNumber) -> Int {
        var at = items.endIndex
        while at > 0, items[at - 1].last > number { at -= 1 }
        return at
    }
}
