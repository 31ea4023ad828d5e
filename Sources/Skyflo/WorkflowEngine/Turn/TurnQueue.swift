import KubeModel
import SkyfloAPI

/// Which conversations may begin a turn, where a SkyfloAI caps how many run. Pure.
///
/// Who has waited longest is first. Where a namespace has its cap's worth of turns, those that wait in it are passed over, and
/// hold up nobody elsewhere.
package struct TurnQueue: Sendable {
    /// A conversation that has a turn to begin.
    package struct Entry: Sendable, Hashable {
        package var key: ObjectKey
        /// Since when it waits; nil where it has only come.
        package var since: KubeTime?
        package var createdAt: KubeTime?

        package init(key: ObjectKey, since: KubeTime?, createdAt: KubeTime?) {
            self.key = key
            self.since = since
            self.createdAt = createdAt
        }
    }

    /// Whether a conversation may begin.
    package enum Admission: Sendable, Hashable {
        case now
        /// - Parameters:
        ///   - place: 1 for the one that is next.
        ///   - isNamespace: it is its namespace's cap that it waits for.
        case later(place: Int, running: Int, cap: Int, isNamespace: Bool)
    }

    private let caps: TurnCaps
    /// The namespace of each turn that runs.
    private let running: [String]
    private let entries: [Entry]

    /// - Parameters:
    ///   - running: the namespaces of the conversations whose turns run.
    ///   - waiting: those that have a turn to begin and haven't begun it, in any order.
    package init(caps: TurnCaps, running: [String], waiting: [Entry]) {
        self.caps = caps
        self.running = running
        entries = waiting.sorted(by: Self.precedes)
    }

    /// Those that may begin, first come first.
    package var admitted: [ObjectKey] { walk().filter { $0.isNamespaceFull == nil }.map(\.key) }

    /// Those that wait, the first of them first.
    package var waiting: [ObjectKey] { walk().filter { $0.isNamespaceFull != nil }.map(\.key) }

    package func admission(of key: ObjectKey) -> Admission {
        let waiting = walk().filter { $0.isNamespaceFull != nil }
        guard let place = waiting.firstIndex(where: { $0.key == key }) else { return .now }
        let isNamespace = waiting[place].isNamespaceFull ?? false
        let ahead = waiting[..<place].count { !isNamespace || $0.key.namespace == key.namespace }
        return .later(
            place: ahead + 1, running: isNamespace ? running.count { $0 == key.namespace ?? "" } : running.count,
            cap: (isNamespace ? caps.runningTurnsPerNamespace : caps.runningTurns) ?? 0, isNamespace: isNamespace)
    }

    /// Gives out what is free, in order.
    /// - Returns: each with whether it is its namespace that has no more free, or all together; nil for one that may begin.
    private func walk() -> [(key: ObjectKey, isNamespaceFull: Bool?)] {
        var total = running.count
        var perNamespace = Dictionary(grouping: running, by: \.self).mapValues(\.count)
        return entries.map { entry in
            let namespace = entry.key.namespace ?? ""
            if perNamespace[namespace, default: 0] >= caps.runningTurnsPerNamespace ?? .max { return (entry.key, true) }
            if total >= caps.runningTurns ?? .max { return (entry.key, false) }
            total += 1
            perNamespace[namespace, default: 0] += 1
            return (entry.key, nil)
        }
    }

    /// Whoever waits already is before whoever comes; then the older object, then by name, so that all agree.
    private static func precedes(_ a: Entry, _ b: Entry) -> Bool {
        let never = KubeTime(microseconds: .max)
        let (first, second) = (a.since ?? never, b.since ?? never)
        if first != second { return first < second }
        let (born, other) = (a.createdAt ?? never, b.createdAt ?? never)
        if born != other { return born < other }
        return a.key.description < b.key.description
    }
}

extension TurnQueue.Admission {
    /// For the status: what it waits for, and its place. nil where it doesn't wait.
    package func message(skyfloAI: ObjectKey, namespace: String) -> String? {
        guard case .later(let place, let running, let cap, let isNamespace) = self else { return nil }
        let field = isNamespace ? "runningTurnsPerNamespace" : "runningTurns"
        let what = isNamespace ? "in namespace \(namespace) under SkyfloAI \(skyfloAI)" : "under SkyfloAI \(skyfloAI)"
        // Further behind, each turn that ends would have every waiting conversation written.
        let order =
            place > Self.placesTold
            ? "more than \(Self.placesTold) conversations are ahead of it" : "it is number \(place) in the queue"
        let most = "at most \(cap.counted(as: "turn")) \(running == 1 ? "is" : "are") running"
        return "waits for a turn: \(running) of \(most) \(what) (spec.limits.\(field)); \(order)"
    }

    /// Up to which place a conversation is told its place.
    package static let placesTold = 10
}
