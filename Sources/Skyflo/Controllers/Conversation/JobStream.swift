import ServiceLifecycle

/// What a service is given to do while it runs, each job in a task of its own.
struct JobStream<Job: Sendable>: Sendable {
    let continuation: AsyncStream<Job>.Continuation
    private let jobs: AsyncStream<Job>

    init() { (jobs, continuation) = AsyncStream.makeStream() }

    /// Returns when the task is cancelled or gracefully shut down. Jobs that aren't done by then are cancelled.
    func run(_ perform: @escaping @Sendable (Job) async -> Void) async {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for await job in jobs { group.addTask { await perform(job) } }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            continuation.finish()
        }
    }
}
