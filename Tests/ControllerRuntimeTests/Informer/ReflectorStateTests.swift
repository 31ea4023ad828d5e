import Concurrency
import ControllerRuntime
import KubeClient
import KubeModel
import Testing

@Suite struct ReflectorStateTests {
    private let backoff = Backoff(base: .seconds(1), maximum: .seconds(8))

    private func object(_ version: String) -> KubeObject {
        var object = widget("a")
        object.resourceVersion = version
        return object
    }

    private func watching(from version: String) -> ReflectorState {
        var state = ReflectorState(backoff: backoff)
        state.listed(resourceVersion: version)
        return state
    }

    @Test func `it lists, then watches from there`() {
        var state = ReflectorState(backoff: backoff)
        #expect(state.step == .list)
        state.listed(resourceVersion: "7")
        #expect(state.step == .watch(from: "7"))
    }

    @Test func `it goes on from the last event or bookmark`() {
        var state = watching(from: "7")
        state.received(.modified(object("9")))
        state.ended(after: .seconds(5), random: 0)
        #expect(state.step == .watch(from: "9"))
        state.received(.bookmark(resourceVersion: "20", initialEventsEnd: false))
        state.failed(.other, random: 0)
        #expect(state.step == .pause(.seconds(1)))
        state.paused()
        #expect(state.step == .watch(from: "20"))
    }

    @Test func `a 410 makes it list again, at once after a watch that lasted`() {
        var state = watching(from: "7")
        state.failed(.expired, after: .seconds(60), random: 0)
        #expect(state.step == .list)
        state.listed(resourceVersion: "30")
        state.failed(.expired, random: 0)
        #expect(state.step == .pause(.seconds(2)))
        state.paused()
        #expect(state.step == .list)
    }

    @Test func `failures in a row make growing pauses, and a watch that lasts resets them`() {
        var state = watching(from: "7")
        var pauses: [ReflectorState.Step] = []
        for _ in 0..<5 {
            state.failed(.other, random: 0)
            pauses.append(state.step)
            state.paused()
        }
        #expect(pauses == [1, 2, 4, 8, 8].map { .pause(.seconds($0)) })
        state.received(.added(object("8")))
        state.failed(.other, random: 0)
        #expect(state.step == .pause(.seconds(8)), "an event and a break each time is no health")
        state.failed(.other, after: .seconds(1), random: 0)
        #expect(state.step == .pause(.seconds(1)))
    }

    @Test func `lists that work between watches that fail don't keep the pauses short`() {
        var state = watching(from: "1")
        state.failed(.other, random: 0)
        state.paused()
        state.failed(.expired, random: 0)
        state.paused()
        state.listed(resourceVersion: "2")
        state.failed(.other, random: 0)
        #expect(state.step == .pause(.seconds(4)))
    }

    @Test func `a watch that ends at once counts as a failure`() {
        var state = watching(from: "7")
        state.ended(after: .milliseconds(10), random: 0)
        #expect(state.step == .pause(.seconds(1)))
        state.paused()
        state.ended(after: .seconds(60), random: 0)
        #expect(state.step == .watch(from: "7"))
    }

    @Test func `the server's own delay is kept`() {
        var state = watching(from: "7")
        state.failed(.throttled(.seconds(33)), random: 0)
        #expect(state.step == .pause(.seconds(33)))
    }

    @Test func `jitter shortens a pause by chance`() {
        let jittered = Backoff(base: .seconds(1), maximum: .seconds(8), jitter: 0.5)
        #expect(jittered.delay(failures: 2, random: 1) == .seconds(1))
        #expect(jittered.delay(failures: 2, random: 0) == .seconds(2))
    }

    @Test func `initial events as a watch end with their bookmark`() {
        var state = ReflectorState(usesWatchList: true, backoff: backoff)
        #expect(state.step == .watchList)
        state.received(.added(object("3")))
        state.failed(.other, random: 0)
        state.paused()
        #expect(state.step == .watchList, "an incomplete list is no place to go on from")
        state.received(.bookmark(resourceVersion: "5", initialEventsEnd: true))
        #expect(state.step == .watch(from: "5"))
    }

    @Test func `a watch list that ends without saying so is no list`() {
        var state = ReflectorState(usesWatchList: true, backoff: backoff)
        state.received(.added(object("3")))
        state.ended(after: .seconds(60), random: 0)
        #expect(state.step == .list)
        #expect(ReflectorState.Failure(RuntimeError(.incomplete, message: "")) == .unsupported)
    }

    @Test func `a server that fails on watch lists twice is listed, whatever it says`() {
        var state = ReflectorState(usesWatchList: true, backoff: backoff)
        state.failed(.other, random: 0)
        state.paused()
        #expect(state.step == .watchList)
        state.failed(.other, random: 0)
        #expect(state.step == .list)
    }

    @Test func `a server without initial events is listed`() {
        var state = ReflectorState(usesWatchList: true, backoff: backoff)
        state.failed(.unsupported, random: 0)
        #expect(state.step == .list)
        state.listed(resourceVersion: "1")
        state.failed(.expired, random: 0)
        state.paused()
        #expect(state.step == .list)
    }

    @Test(arguments: [
        (APIStatus(code: 410, reason: .expired, message: ""), ReflectorState.Failure.expired),
        (APIStatus(code: 504, reason: .timeout, message: "Too large resource version: 9"), .expired),
        (APIStatus(code: 429, reason: .tooManyRequests, message: "", retryAfterSeconds: 3), .throttled(.seconds(3))),
        (APIStatus(code: 422, reason: .invalid, message: ""), .unsupported),
        (APIStatus(code: 403, reason: .forbidden, message: ""), .other),
    ])
    func `errors are told apart`(status: APIStatus, failure: ReflectorState.Failure) {
        #expect(ReflectorState.Failure(status) == failure)
        #expect(ReflectorState.Failure(KubeClientError(.unreachable, message: "")) == .other)
    }
}
