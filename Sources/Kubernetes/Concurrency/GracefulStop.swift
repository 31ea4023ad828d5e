public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle

/// Runs a server so that cancellation stops it gracefully, too: first it stops listening and lets what it has accepted
/// end, for `limit` at most.
///
/// A server that is merely cancelled drops the connections that it has accepted and not yet looked at, and NIO ends the
/// process for a connection that is dropped without having been finished.
///
/// The service runs outside of the caller's task, so that cancellation doesn't reach it directly; this function returns
/// only after it, so nothing outlives the call. Graceful shutdown of the caller reaches it as ever.
/// - Throws: what the service throws.
public func runStoppingGracefully(
    _ service: any Service, limit: Duration = .seconds(2), logger: Logger
) async throws {
    let (stop, continuation) = AsyncStream.makeStream(of: Void.self)
    let end = MultiThreadedEventLoopGroup.singleton.any().makeFutureWithTask {
        try await run(service, until: stop, limit: limit, logger: logger)
    }
    try await withTaskCancellationHandler {
        try await end.get()
    } onCancel: {
        continuation.finish()
    }
}

private func run(
    _ service: any Service, until stop: AsyncStream<Void>, limit: Duration, logger: Logger
) async throws {
    var configuration = ServiceGroupConfiguration(services: [service], logger: logger)
    configuration.maximumGracefulShutdownDuration = limit
    let services = ServiceGroup(configuration: configuration)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            for await _ in stop {}
            await services.triggerGracefulShutdown()
        }
        defer { group.cancelAll() }
        try await services.run()
    }
}
