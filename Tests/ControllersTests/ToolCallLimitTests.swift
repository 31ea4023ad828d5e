import Concurrency
import Testing
import ToolKit
import Writes

@testable import Controllers

@Suite struct ToolCallLimitTests {
    @Test func `a call that takes too long is cancelled, and the model hears of it`() async throws {
        let (ended, continuation) = AsyncStream.makeStream(of: Bool.self)
        await #expect(throws: ToolFailure("no result within 0 s; ask for less at once")) {
            try await ToolCallLimit.run("k8s_get", within: .milliseconds(20)) {
                defer { continuation.yield(Task.isCancelled) }
                try await Concurrency.sleep(for: .seconds(600))
                return .output("late")
            }
        }
        var iterator = ended.makeAsyncIterator()
        #expect(await iterator.next() == true)
    }

    @Test func `a result and an error in time are what they are`() async throws {
        guard case .output("done") = try await ToolCallLimit.run("k8s_get", work: { .output("done") }) else {
            Issue.record("another outcome")
            return
        }
        await #expect(throws: ToolFailure("no")) {
            try await ToolCallLimit.run("k8s_get") { throw ToolFailure("no") }
        }
    }
}
