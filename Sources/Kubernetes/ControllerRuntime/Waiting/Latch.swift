import Synchronization

/// A value that comes once, and that any number of tasks may wait for.
final class Latch<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var lastID: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Value, any Error>] = [:]
    }

    private let state = Mutex(State())

    var value: Value? { state.withLock(\.value) }

    /// The first value stays.
    func open(_ value: Value) {
        let waiters = state.withLock { state -> [CheckedContinuation<Value, any Error>] in
            guard state.value == nil else { return [] }
            state.value = value
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: value) }
    }

    /// Ends the waits that there are. Later ones may see a value yet.
    func fail(_ error: any Error) {
        let waiters = state.withLock { state in
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume(throwing: error) }
    }

    /// - Throws: `CancellationError`; what ``fail(_:)`` was called with.
    func wait() async throws -> Value {
        if let value { return value }
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let value = state.withLock { state in
                    if state.value == nil { state.waiters[id] = continuation }
                    return state.value
                }
                if let value {
                    continuation.resume(returning: value)
                } else if Task.isCancelled {
                    cancel(id)
                }
            }
        } onCancel: {
            cancel(id)
        }
    }

    private func cancel(_ id: UInt64) {
        let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
        waiter?.resume(throwing: CancellationError())
    }
}

extension Latch where Value == Void {
    func open() { open(()) }
}
