import HummingbirdCore
import Logging
import NIOCore

/// Closes connections that are too many before anything is done for them, a TLS handshake included.
package struct LimitedChannel<Base: ServerChildChannel>: ServerChildChannel {
    private let base: Base
    private let limiter: ConnectionLimiter
    /// nil where nobody counts what is refused.
    private let metrics: LiveMetrics?

    package init(base: Base, limiter: ConnectionLimiter, metrics: LiveMetrics? = nil) {
        self.base = base
        self.limiter = limiter
        self.metrics = metrics
    }

    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        let isAllowed = limiter.connect(channel.remoteAddress?.ipAddress ?? "")
        if isAllowed {
            channel.closeFuture.whenComplete { [limiter] _ in limiter.disconnect() }
        } else {
            metrics?.refusedConnection()
        }
        return base.setup(channel: channel, logger: logger).map { value in
            if !isAllowed { channel.close(promise: nil) }
            return value
        }
    }

    package func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}
