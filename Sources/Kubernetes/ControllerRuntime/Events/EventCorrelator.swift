import Concurrency
import KubeModel

/// Decides what becomes of a notice, by the rules of client-go's `EventCorrelator`: a value without I/O.
///
/// - The same notice again raises the count of its event.
/// - Notices of one object that differ only in their message become one event from the eleventh within ten minutes on.
/// - One object gets 25 notices at once, then one each five minutes; the rest is dropped.
struct EventCorrelator {
    enum Decision: Equatable {
        case create(message: String)
        /// Raise the count of the event of that name.
        case update(name: String, count: Int, message: String)
        case drop
    }

    private struct Similar: Hashable {
        var type: EventRecorder.EventType
        var object: EventReference
        var reason: String
    }

    private struct Seen {
        var name: String
        var count: Int
        var at: Duration
    }

    private struct Group {
        var messages: Set<String> = []
        var at: Duration
    }

    private static let similarLimit = 10
    private static let similarInterval = Duration.seconds(600)
    private static let burst = 25
    private static let perSecond = 1.0 / 300
    /// More objects and events than that aren't remembered: the oldest half is forgotten.
    private let capacity: Int

    private var seen: [EventNotice: Seen] = [:]
    private var groups: [Similar: Group] = [:]
    private var buckets: [EventReference: (bucket: TokenBucket, at: Duration)] = [:]

    init(capacity: Int = 1024) { self.capacity = capacity }

    mutating func decide(_ notice: EventNotice, at uptime: Duration) -> Decision {
        guard takeToken(for: notice.object, at: uptime) else { return .drop }
        let notice = aggregated(notice, at: uptime)
        guard var event = seen[notice] else { return .create(message: notice.message) }
        event.count += 1
        event.at = uptime
        seen[notice] = event
        return .update(name: event.name, count: event.count, message: notice.message)
    }

    /// The decision was carried out by an event of this name. `message` is the decision's.
    mutating func created(_ notice: EventNotice, message: String, name: String, at uptime: Duration) {
        var notice = notice
        notice.message = message
        seen[notice] = Seen(name: name, count: 1, at: uptime)
        if seen.count > capacity { seen = Self.newerHalf(of: seen, by: \.at) }
    }

    /// The event is no longer there: servers keep events for an hour.
    mutating func forget(_ notice: EventNotice, message: String) {
        var notice = notice
        notice.message = message
        seen[notice] = nil
    }

    private mutating func takeToken(for object: EventReference, at uptime: Duration) -> Bool {
        var bucket = buckets[object]?.bucket ?? TokenBucket(perSecond: Self.perSecond, burst: Self.burst)
        let isAllowed = bucket.take(now: uptime)
        buckets[object] = (bucket, uptime)
        if buckets.count > capacity { buckets = Self.newerHalf(of: buckets, by: \.at) }
        return isAllowed
    }

    private mutating func aggregated(_ notice: EventNotice, at uptime: Duration) -> EventNotice {
        let key = Similar(type: notice.type, object: notice.object, reason: notice.reason)
        var group = groups[key] ?? Group(at: uptime)
        if uptime - group.at > Self.similarInterval { group.messages = [] }
        group.at = uptime
        let isOneTooMany = group.messages.count >= Self.similarLimit && !group.messages.contains(notice.message)
        if !isOneTooMany { group.messages.insert(notice.message) }
        groups[key] = group
        if groups.count > capacity { groups = Self.newerHalf(of: groups, by: \.at) }
        guard isOneTooMany else { return notice }
        var combined = notice
        combined.message = "(combined from similar events)"
        return combined
    }

    private static func newerHalf<Key, Value>(of all: [Key: Value], by time: (Value) -> Duration) -> [Key: Value] {
        let kept = all.sorted { time($0.value) > time($1.value) }.prefix(all.count / 2)
        return Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
    }
}

extension EventCorrelator {
    /// How much it remembers.
    var size: Int { seen.count + groups.count + buckets.count }
}
