import ServiceLifecycle

/// The parts of one group of a manager: starts them together when the group before is ready.
struct RunnableGroup: Service, CustomStringConvertible {
    let name: String
    let parts: [any Service]
    /// Opens when this may start.
    let after: Latch<Void>?
    let elector: LeaderElector?
    /// Opens when all parts are ready.
    let ready = Latch<Void>()

    var description: String { name }

    /// Ends only on shutdown or failure, even when all parts have ended: the manager stops its groups in order, and one
    /// that ended too early would look like a failure to it.
    func run() async throws {
        guard await mayStart() else { return }
        if let elector, !parts.isEmpty {
            try await elector.run { try await self.runParts() }
        } else {
            try await runParts()
        }
    }

    /// Waits for the group before; returns false when the shutdown came first.
    private func mayStart() async -> Bool {
        guard let after else { return true }
        return await cancelWhenGracefulShutdown { (try? await after.wait()) != nil }
    }

    private func runParts() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in parts { group.addTask { try await part.run() } }
            group.addTask {
                for case let part as any Startable in parts {
                    guard await isReady(part) else { return }
                }
                ready.open()
            }
            group.addTask { try await gracefulShutdown() }
            do {
                for try await _ in group {}
            } catch {
                group.cancelAll()
                throw error
            }
        }
    }

    private func isReady(_ part: any Startable) async -> Bool {
        await cancelWhenGracefulShutdown { (try? await part.waitUntilReady()) != nil }
    }
}
