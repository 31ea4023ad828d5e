import KubeModel

/// What the handlers of an informer have yet to be told, in order.
///
/// Whoever reads the watch tells the handlers too, so that a slow handler slows the watch and the server keeps what
/// comes. Writers' results and late handlers' objects may still pile up here. Beyond ``compactionThreshold`` changes of
/// one object are therefore made one, as a relist would: at most two entries an object (gone, and there anew) stay.
struct PendingNotifications {
    /// Handlers by their ids: a change is only for those that were there when it happened.
    typealias Audience = ClosedRange<UInt64>

    enum Content {
        case event(InformerEvent)
        /// All objects of the first list have been told.
        case synced
    }

    struct Delivery {
        var content: Content
        var audience: Audience
        /// The change's number; who began to wait after it isn't told.
        var number: UInt64
    }

    private struct Subject: Hashable {
        var key: ObjectKey
        var audience: Audience
    }

    static let compactionThreshold = 1024

    private var deliveries: [Delivery] = []
    private var threshold = PendingNotifications.compactionThreshold

    var isEmpty: Bool { deliveries.isEmpty }
    var count: Int { deliveries.count }

    mutating func append(_ content: Content, to audience: Audience, number: UInt64 = 0) {
        deliveries.append(Delivery(content: content, audience: audience, number: number))
        if deliveries.count > threshold { compact() }
    }

    mutating func takeAll() -> [Delivery] {
        defer { self = PendingNotifications() }
        return deliveries
    }

    private mutating func compact() {
        var kept: [Delivery?] = []
        /// Where the entries of an object are, at most two.
        var places: [Subject: [Int]] = [:]
        for delivery in deliveries {
            guard case .event(let event) = delivery.content else {
                kept.append(delivery)
                continue
            }
            let subject = Subject(key: event.object.key, audience: delivery.audience)
            var own = places[subject] ?? []
            if let last = own.last, let before = kept[last], case .event(let earlier) = before.content,
                let merged = earlier.merged(with: event)
            {
                kept[last] = Delivery(content: .event(merged), audience: delivery.audience, number: delivery.number)
                if case .deleted = merged, own.count > 1 { kept[own.removeFirst()] = nil }
            } else {
                own.append(kept.count)
                kept.append(delivery)
            }
            places[subject] = own
        }
        deliveries = kept.compactMap(\.self)
        threshold = max(Self.compactionThreshold, 2 * deliveries.count)
    }
}

extension InformerEvent {
    /// This event and the next one of the same object as one; nil when they have to stay two.
    fileprivate func merged(with next: InformerEvent) -> InformerEvent? {
        switch (self, next) {
        case (.added(_, let isInitial), .updated(_, let new)): .added(new, isInitial: isInitial)
        case (.updated(let old, _), .updated(_, let new)): .updated(old: old, new: new)
        // The state that handlers know: a map of it to owners or labels must find what it found before.
        case (.updated(let old, _), .deleted): .deleted(old)
        // Also for what was added meanwhile: who waits for the end of an object must hear of it.
        case (_, .deleted): next
        case (.deleted, _), (_, .added): nil
        }
    }
}
