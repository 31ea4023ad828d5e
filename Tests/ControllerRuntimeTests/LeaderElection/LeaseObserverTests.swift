import KubeModel
import OperatorTestKit
import Testing

@testable import ControllerRuntime

@Suite struct LeaseObserverTests {
    let api = FakeAPIServer()
    let clock = ManualClock()

    private func write(_ holder: String = "a", renewed: String, duration: Int = 15) {
        var lease = KubeObject(.leases, namespace: "ns", name: "a")
        lease["spec"] = [
            "holderIdentity": .string(holder), "leaseDurationSeconds": JSONValue(duration),
            "renewTime": .string(renewed),
        ]
        _ = api.put(lease, in: .leases)
    }

    private func isHeld(_ observer: LeaseObserver) async throws -> Bool { try await observer.isHeld("a", by: "a") }

    @Test func `a lease runs out when it was seen unchanged for its duration, whatever times it names`() async throws {
        let observer = LeaseObserver(api: api, namespace: "ns", clock: clock)
        #expect(try await !isHeld(observer), "there is none")
        for renewed in ["2000-01-01T00:00:00.000000Z", "2100-01-01T00:00:00.000000Z", "1999-01-01T00:00:00.000000Z"] {
            write(renewed: renewed)
            clock.advance(by: .seconds(1))
            #expect(try await isHeld(observer), "seen for the first time")
            clock.advance(by: .seconds(14))
            #expect(try await isHeld(observer))
        }
        clock.advance(by: .seconds(1))
        #expect(try await !isHeld(observer))
        #expect(try await !isHeld(observer), "and it stays so")
        write(renewed: "1998-01-01T00:00:00.000000Z")
        clock.advance(by: .seconds(1))
        #expect(try await isHeld(observer), "renewed after all")
    }

    @Test func `that a lease has run out is said only after a look at it`() async throws {
        let observer = LeaseObserver(api: api, namespace: "ns", clock: clock)
        write(renewed: "2000-01-01T00:00:00.000000Z")
        _ = try await isHeld(observer)
        clock.advance(by: .milliseconds(14_500))
        #expect(try await isHeld(observer))
        clock.advance(by: .milliseconds(1500))
        write(renewed: "2000-01-01T00:00:14.000000Z")
        #expect(try await isHeld(observer))
    }

    @Test func `many questions at once are one look`() async throws {
        let observer = LeaseObserver(api: api, namespace: "ns", clock: clock)
        write(renewed: "2000-01-01T00:00:00.000000Z")
        let looks = Journal<Void>()
        api.intercept { _ in looks.add(()) }
        for _ in 0..<100 { #expect(try await isHeld(observer)) }
        #expect(looks.count == 1)
    }

    @Test func `a lease that was given back, or that another has, says nothing for the one before`() async throws {
        let observer = LeaseObserver(api: api, namespace: "ns", clock: clock)
        for holder in ["", "b"] {
            write(renewed: "2000-01-01T00:00:00.000000Z")
            #expect(try await isHeld(observer))
            write(holder, renewed: "2000-01-01T00:00:00.000000Z")
            clock.advance(by: .seconds(2))
            #expect(try await !isHeld(observer))
        }
    }
}
