import KubeModel
import ServiceLifecycle

/// Hands a controller everything that changes, in batches and in order. Between changes it sleeps.
struct EventFeed: Sendable {
    let store: ClusterStore

    /// Runs until the task is cancelled or the service shuts down. Begins with all that exists.
    func run(_ handle: ([StoreEvent]) -> Void) async {
        let subscription = store.subscribe(nil)
        var cursor: UInt64 = 0
        subscription.wake()
        for await _ in subscription.stream.cancelOnGracefulShutdown() {
            while true {
                let batch = store.events(after: cursor)
                cursor = batch.version
                if batch.events.isEmpty { break }
                handle(batch.events)
            }
        }
    }
}
