import Concurrency
import KubeModel
import ServiceLifecycle

/// A watch: what is there, then every change that matters to it, one line of JSON each.
struct WatchStream: Sendable {
    let store: ClusterStore
    let definition: ResourceDefinition
    let selection: Selection
    let options: WatchRequestOptions
    let format: ResponseFormat
    let table: TableEncoder

    private static let bookmarkInterval: Duration = .seconds(60)
    /// How long before the end of a watch its last bookmark comes.
    private static let lastBookmarkLead: Duration = .seconds(2)

    /// Writes until the time is up, an error ended the watch, or the task is cancelled (the client left). `write` is
    /// called once a batch, so that many changes at once are one chunk.
    @concurrent func run(_ write: @concurrent ([UInt8]) async throws -> Void) async throws {
        let subscription = store.subscribe(definition.id)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await tick(subscription) }
            try await deliver(subscription, write: write)
            group.cancelAll()
        }
    }

    /// Wakes the delivery when a bookmark or the end is due. The watch itself has no clock running.
    private func tick(_ subscription: ClusterStore.Subscription) async throws {
        let start = ContinuousClock.now
        let end = start + options.timeout
        var bookmark = firstBookmark(start)
        while ContinuousClock.now < end {
            try await Concurrency.sleep(until: min(end, bookmark ?? end))
            bookmark = bookmark.map { max($0, ContinuousClock.now) + Self.bookmarkInterval }
            subscription.wake()
        }
    }

    /// Every minute, and the first one early enough to come before a short watch ends; nil for none.
    private func firstBookmark(_ start: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        guard options.allowsBookmarks, options.timeout > Self.lastBookmarkLead else { return nil }
        return start + min(Self.bookmarkInterval, options.timeout - Self.lastBookmarkLead)
    }

    @concurrent private func deliver(
        _ subscription: ClusterStore.Subscription, write: @concurrent ([UInt8]) async throws -> Void
    ) async throws {
        let start = ContinuousClock.now
        let end = start + options.timeout
        var nextBookmark = firstBookmark(start)
        var encoder = WatchEncoder(definition: definition, format: format, table: table)
        let first: (bytes: [UInt8], cursor: UInt64)
        do throws(APIStatus) {
            first = try initial(&encoder)
        } catch {
            return try await write(encoder.error(error))
        }
        // Even when it is empty: with it goes the head, and the client knows that it is watching.
        try await write(first.bytes)
        var cursor = first.cursor
        for await _ in subscription.stream.cancelOnGracefulShutdown() {
            guard let batch = store.events(definition.id, after: cursor) else {
                return try await write(encoder.error(Self.tooOld(cursor, oldest: store.version)))
            }
            cursor = max(cursor, batch.version)
            var bytes = batch.events.flatMap { encoder.lines($0, selection: selection) }
            let now = ContinuousClock.now
            if let due = nextBookmark, now >= due {
                bytes += encoder.bookmark(cursor)
                nextBookmark = now + Self.bookmarkInterval
            }
            if !bytes.isEmpty { try await write(bytes) }
            if now >= end { return }
        }
    }

    private func initial(_ encoder: inout WatchEncoder) throws(APIStatus) -> (bytes: [UInt8], cursor: UInt64) {
        switch options.start {
        case .after(let version):
            let current = store.version
            if version == .max { return ([], current) }
            guard let batch = store.events(definition.id, after: version) else {
                throw Self.tooOld(version, oldest: store.oldest(definition.id) + 1)
            }
            return (batch.events.flatMap { encoder.lines($0, selection: selection) }, max(version, batch.version))
        case .current:
            let all = store.list(definition.id, namespace: selection.namespace)
            var bytes: [UInt8] = []
            for stored in all.items where selection.matches(stored) {
                bytes += encoder.line("ADDED", stored: stored)
            }
            if options.marksInitialEnd { bytes += encoder.bookmark(all.version, isInitialEnd: true) }
            return (bytes, all.version)
        }
    }

    private static func tooOld(_ version: UInt64, oldest: UInt64) -> APIStatus {
        APIStatus(code: 410, reason: .expired, message: "too old resource version: \(version) (\(oldest))")
    }
}

/// Lines of a watch.
struct WatchEncoder {
    let definition: ResourceDefinition
    let format: ResponseFormat
    let table: TableEncoder
    private var hasColumns = false

    init(definition: ResourceDefinition, format: ResponseFormat, table: TableEncoder) {
        self.definition = definition
        self.format = format
        self.table = table
    }

    /// What a change means to this watch: an object that leaves the selection is deleted for it, one that enters is new.
    mutating func lines(_ event: StoreEvent, selection: Selection) -> [UInt8] {
        let wasSelected = event.previous.map { selection.matches($0) } ?? false
        let isSelected = event.kind != .deleted && selection.matches(event.object)
        switch (wasSelected, isSelected) {
        case (false, true): return line("ADDED", stored: event.object)
        case (true, true): return line("MODIFIED", stored: event.object)
        case (true, false):
            guard event.kind != .deleted, let previous = event.previous else {
                return line("DELETED", stored: event.object)
            }
            var last = previous.object
            last.resourceVersion = String(event.version)
            return line("DELETED", stored: StoredObject(last, version: event.version))
        case (false, false): return []
        }
    }

    mutating func line(_ type: String, stored: StoredObject) -> [UInt8] {
        switch format {
        case .table:
            let metadata: JSONValue = ["resourceVersion": .string(stored.object.resourceVersion)]
            var current = table
            current.now = .now()
            let json = current.table([stored.object], metadata: metadata, withColumns: !hasColumns)
            hasColumns = true
            return Self.line(type, object: JSONWriter.bytes(json))
        case .partialMetadata: return Self.line(type, object: JSONWriter.bytes(TableEncoder.partial(stored.object)))
        case .json, .yaml:
            if stored.object.apiVersion == definition.api.apiVersion { return Self.line(type, object: stored.json) }
            return Self.line(type, object: JSONWriter.bytes(definition.shown(stored.object).json))
        }
    }

    func bookmark(_ version: UInt64, isInitialEnd: Bool = false) -> [UInt8] {
        var metadata: JSONValue = ["resourceVersion": .string(String(version))]
        if isInitialEnd { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
        let object: JSONValue =
            format == .table
            ? table.table([], metadata: metadata, withColumns: false)
            : [
                "kind": .string(definition.api.kind), "apiVersion": .string(definition.api.apiVersion),
                "metadata": metadata,
            ]
        return Self.line("BOOKMARK", object: JSONWriter.bytes(object))
    }

    func error(_ status: APIStatus) -> [UInt8] { Self.line("ERROR", object: JSONWriter.bytes(status.wireJSON)) }

    private static func line(_ type: String, object: [UInt8]) -> [UInt8] {
        Array("{\"type\":\"\(type)\",\"object\":".utf8) + object + [UInt8(ascii: "}"), UInt8(ascii: "\n")]
    }
}
