import HummingbirdCore
import Logging
import NIOCore

/// Closes connections that are too many before anything is done for them, a TLS handshake included.
struct LimitedChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let limiter: ConnectionLimiter
    let metrics: LiveMetrics

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        let isAllowed = limiter.connect(channel.remoteAddress?.ipAddress ?? "")
        if isAllowed {
            channel.closeFuture.whenComplete { [limiter] _ in limiter.disconnect() }
        } else {
            metrics.refusedConnection()
        }
        return base.setup(channel: channel, logger: logger).map { value in
            if !isAllowed { channel.close(promise: nil) }
            return value
        }
    }

    func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}
