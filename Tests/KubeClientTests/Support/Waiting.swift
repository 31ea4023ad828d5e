import Synchronization
import Testing

/// Something that many wait for until it is opened.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiters.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}

final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }

    /// The value before.
    @discardableResult
    func increment() -> Int {
        count.withLock { count in
            count += 1
            return count - 1
        }
    }
}

final class Recorder<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])
    var all: [Element] { elements.withLock { $0 } }
    func append(_ element: Element) { elements.withLock { $0.append(element) } }
}

/// Waits for a condition, and fails the test when it isn't met in time.
func eventually(
    within limit: Duration = .seconds(120), _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        try #require(ContinuousClock.now < deadline, what, sourceLocation: sourceLocation)
        try await Task.sleep(for: .milliseconds(2))
    }
}

/// Runs `work`, cancels it as soon as `isReady`, and returns what it ended with.
func cancelling<Value: Sendable>(
    when what: Comment, _ isReady: () async throws -> Bool, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Result<Value, any Error>? {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await work() }
        try await eventually(what, isReady)
        group.cancelAll()
        return await group.nextResult()
    }
}

extension Result {
    var error: Failure? { if case .failure(let error) = self { error } else { nil } }
}
