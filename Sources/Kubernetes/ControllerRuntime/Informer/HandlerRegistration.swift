import Synchronization

/// One handler of an informer.
public final class HandlerRegistration: Sendable {
    let id: UInt64
    private let handler: Informer.Handler
    private let isRemoved = Atomic(false)
    private let synced = Latch<Void>()

    init(id: UInt64, handler: @escaping Informer.Handler) {
        self.id = id
        self.handler = handler
    }

    /// Whether the handler has been called for every object of the first list. The informer itself has synced a little
    /// earlier: when they are in its cache.
    public var hasSynced: Bool { synced.value != nil }

    /// Returns when ``hasSynced``.
    /// - Throws: `CancellationError`.
    public func waitForSync() async throws { try await synced.wait() }

    var isActive: Bool { !isRemoved.load(ordering: .acquiring) }

    func deactivate() { isRemoved.store(true, ordering: .releasing) }

    func handle(_ event: InformerEvent) { if isActive { handler(event) } }

    func markSynced() { synced.open() }
}
