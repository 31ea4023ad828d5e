import ControllerRuntime

/// The error of a condition that didn't become true in time.
public struct NotInTime: Error, Sendable, CustomStringConvertible {
    /// The condition that was waited for, in words.
    public var what: String
    /// The time that it had.
    public var limit: Duration
    /// The error that the condition threw the last time, where it threw.
    public var lastFailure: (any Error)?
    /// The file and the line of the test, `Module/File.swift:12`.
    public var place: String

    /// The place, the limit, the condition and the last error.
    public var description: String {
        "\(place): not so within \(limit): \(what)" + (lastFailure.map { "; last failure: \($0)" } ?? "")
    }
}

/// Waits until a condition is true, which is looked at about every millisecond.
///
/// - Parameters:
///   - what: The condition in words, for the error.
///   - limit: The longest time, on the machine's clock. It is generous by default: it only matters where the test
///     fails.
///   - file: The file that the error names.
///   - line: The line that the error names.
///   - condition: Whether it is so. What it throws counts as "not yet" and is shown when the time is over.
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
