import NIOCore
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The pods that the server pretends to have. Only the version of each is kept; the rest follows from its number.
final class PodCollection: Sendable {
    private struct State {
        var versions: [Int]
        var last: Int
    }

    private static let templates = (0..<12).map(PodTemplate.init(variant:))
    private let state: Mutex<State>
    let count: Int

    init(count: Int) {
        self.count = count
        state = Mutex(State(versions: (1...max(1, count)).map { 1000 + $0 }, last: 1000 + count))
    }

    var lastVersion: Int { state.withLock(\.last) }

    static func name(_ pod: Int) -> String { "checkout-\(pod % 12)-7d9f8c6b54-\(String(100_000 + pod).dropFirst())" }
    static func namespace(_ pod: Int) -> String { "team-\(pod % 40)" }

    /// The page of a list that begins with pod `start`.
    func page(from start: Int, limit: Int) -> ByteBuffer {
        let end = min(count, start + limit)
        let (versions, last) = state.withLock { (Array($0.versions[start..<end]), $0.last) }
        var buffer = ByteBuffer()
        buffer.reserveCapacity(9000 * (end - start) + 200)
        buffer.writeString("{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"\(last)\"")
        if end < count {
            buffer.writeString(",\"continue\":\"\(end)\",\"remainingItemCount\":\(count - end)")
        }
        buffer.writeString("},\"items\":[")
        for pod in start..<end {
            buffer.writeString(pod == start ? "{" : ",{")
            Self.write(pod, version: versions[pod - start], sent: 0, into: &buffer)
        }
        buffer.writeString("]}\n")
        return buffer
    }

    /// Changes one pod and writes the event of it.
    func change(_ pod: Int, into buffer: inout ByteBuffer) {
        let version = state.withLock { state in
            state.last += 1
            state.versions[pod] = state.last
            return state.last
        }
        buffer.writeString("{\"type\":\"MODIFIED\",\"object\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\",")
        Self.write(pod, version: version, sent: Self.now, into: &buffer)
        buffer.writeString("}\n")
    }

    /// Changes one pod without telling anyone.
    func changeSilently(_ pod: Int) {
        state.withLock { state in
            state.last += 1
            state.versions[pod] = state.last
        }
    }

    private static func write(_ pod: Int, version: Int, sent: Int, into buffer: inout ByteBuffer) {
        templates[pod % templates.count].render(
            .init(
                name: name(pod), namespace: namespace(pod),
                uid: "6f1d2c3b-4a59-4687-9c0d-\(String(1_000_000_000_000 + pod).dropFirst())",
                node: "worker-\(pod % 100).eu-central-1.compute.internal",
                address: "10.\(pod >> 16 & 255).\(pod >> 8 & 255).\(pod & 255)", version: version, sent: sent),
            into: &buffer)
    }

    /// Nanoseconds since 1970: the one clock that all processes of the machine share.
    static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
