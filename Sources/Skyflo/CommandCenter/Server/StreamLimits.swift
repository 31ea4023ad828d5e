import Synchronization

/// How many pages are kept up to date at the same time.
final class StreamLimits: Sendable {
    private let all: Int
    private let perSession: Int
    private let open = Mutex(0)

    init(all: Int = 1024, perSession: Int = 16) {
        self.all = all
        self.perSession = perSession
    }

    /// Held as long as the stream is open.
    final class Slot: Sendable {
        private let limits: StreamLimits
        private let session: WebSession

        fileprivate init(_ limits: StreamLimits, session: WebSession) {
            self.limits = limits
            self.session = session
        }

        deinit {
            session.closeStream()
            limits.open.withLock { $0 -= 1 }
        }
    }

    /// nil where there are too many.
    func take(_ session: WebSession) -> Slot? {
        let isFree = open.withLock { open in
            guard open < all else { return false }
            open += 1
            return true
        }
        guard isFree else { return nil }
        guard session.openStream(limit: perSession) else {
            open.withLock { $0 -= 1 }
            return nil
        }
        return Slot(self, session: session)
    }
}
