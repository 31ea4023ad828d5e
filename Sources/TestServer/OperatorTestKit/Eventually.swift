import ControllerRuntime

/// A condition that didn't become true in time.
public struct NotInTime: Error, Sendable, CustomStringConvertible {
    /// What was waited for.
    public var what: String
    public var limit: Duration
    /// What the condition threw the last time, where it threw.
    public var lastFailure: (any Error)?
    public var place: String

    public var description: String {
        "\(place): not so within \(limit): \(what)" + (lastFailure.map { "; last failure: \($0)" } ?? "")
    }
}

/// Waits until `condition` is true. What it throws counts as "not yet" and is shown when the time is over.
/// - Parameter limit: real time. Generous by default: it only matters where the test fails.
/// - Throws: ``NotInTime``; `CancellationError` when the task is cancelled.
public func eventually(
    _ what: String = "the condition", within limit: Duration = .seconds(120), file: StaticString = #fileID,
    line: UInt = #line, condition: () async throws -> Bool
) async throws {
    try await eventuallyFound(what, within: limit, file: file, line: line) { try await condition() ? () : nil }
}

/// Waits until `find` returns something, and returns that; otherwise like ``eventually(_:within:file:line:condition:)``.
@discardableResult
public func eventuallyFound<Value>(
    _ what: String = "the value", within limit: Duration = .seconds(120), file: StaticString = #fileID,
    line: UInt = #line, find: () async throws -> Value?
) async throws -> Value {
    let clock = SystemClock()
    let deadline = clock.uptime + limit
    while true {
        var failure: (any Error)?
        do {
            if let found = try await find() { return found }
        } catch {
            failure = error
        }
        try Task.checkCancellation()
        if clock.uptime >= deadline {
            throw NotInTime(what: what, limit: limit, lastFailure: failure, place: "\(file):\(line)")
        }
        try await clock.sleep(for: .milliseconds(1))
    }
}
