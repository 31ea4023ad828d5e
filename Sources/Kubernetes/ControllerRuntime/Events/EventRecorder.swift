import Concurrency
public import KubeClient
public import KubeModel
public import Logging
public import ServiceLifecycle
import Synchronization

/// Tells people about objects by core/v1 `Event`s, which `kubectl describe` shows.
///
/// ``record(_:about:reason:message:)`` never waits and never fails; ``run()`` does the writing. Events are a courtesy:
/// what doesn't fit into the queue, what is spam (see client-go's correlator: 25 at once an object, then one each five
/// minutes) and what the server doesn't take is dropped. Nothing may depend on them.
public final class EventRecorder: Service {
    /// Whether an event tells of something that goes as meant, or of trouble.
    public enum EventType: String, Sendable {
        /// Something happened as it was meant to.
        case normal = "Normal"
        /// Something went wrong, or soon may.
        case warning = "Warning"
    }

    private struct Mailbox {
        var notices: [(notice: EventNotice, time: KubeTime)] = []
        var dropped = 0
    }

    private static let queueLimit = 1000
    /// The API's limit for `message` (`validation.NoteLengthLimit`).
    private static let messageLimit = 1024
    private static let attempts = 4

    private let api: any KubeAPI
    private let component: String
    private let instance: String
    private let clock: any RuntimeClock
    private let logger: Logger
    private let mailbox = Mutex(Mailbox())
    private let filled = Signal()
    private let isClosing = Mutex(false)

    /// Makes a recorder, which writes nothing before ``run()``.
    ///
    /// - Parameters:
    ///   - api: The API server that events are written to.
    ///   - component: The controller's name: `source.component` and `reportingComponent`.
    ///   - instance: The name of the controller's instance, usually the pod's: `reportingInstance`.
    ///   - clock: The clock of the events' timestamps and of the limits.
    ///   - logger: The logger of events that were dropped.
    public init(
        api: any KubeAPI, component: String, instance: String = "", clock: any RuntimeClock = SystemClock(),
        logger: Logger = Logger(label: "events")
    ) {
        self.api = api
        self.component = component
        self.instance = instance
        self.clock = clock
        self.logger = logger
    }

    /// Tells about an object.
    ///
    /// - Parameters:
    ///   - type: Whether it goes as meant.
    ///   - object: The object that the event is about.
    ///   - reason: One word in CamelCase, for machines.
    ///   - message: A sentence for people; cut at 1024 bytes.
    public func record(_ type: EventType, about object: KubeObject, reason: String, message: String) {
        record(type, about: EventReference(object), reason: reason, message: message)
    }

    /// Tells about an object of which only the reference is known, by the same rules.
    public func record(_ type: EventType, about object: EventReference, reason: String, message: String) {
        let notice = EventNotice(
            type: type, object: object, reason: reason, message: Self.cut(message, to: Self.messageLimit))
        let time = clock.now
        mailbox.withLock { mailbox in
            if mailbox.notices.count < Self.queueLimit {
                mailbox.notices.append((notice, time))
            } else {
                mailbox.dropped += 1
            }
        }
        filled.notify()
    }

    /// Writes events until the task is cancelled. On graceful shutdown it first writes what is queued.
    public func run() async {
        var correlator = EventCorrelator()
        await withGracefulShutdownHandler {
            while !Task.isCancelled {
                let (batch, dropped) = takeBatch()
                if dropped > 0 {
                    logger.warning("events dropped: the queue was full", metadata: ["count": "\(dropped)"])
                }
                for (notice, time) in batch { await write(notice, time: time, correlator: &correlator) }
                guard batch.isEmpty else { continue }
                if isClosing.withLock(\.self) { return }
                await filled.wait()
            }
        } onGracefulShutdown: {
            self.isClosing.withLock { $0 = true }
            self.filled.notify()
        }
    }

    private func takeBatch() -> ([(notice: EventNotice, time: KubeTime)], dropped: Int) {
        mailbox.withLock { mailbox in
            defer { mailbox = Mailbox() }
            return (mailbox.notices, mailbox.dropped)
        }
    }

    private static func cut(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var result = text
        while result.utf8.count > limit - 3 { result.removeLast(max(1, (result.utf8.count - limit) / 4)) }
        return result + "…"
    }
}

// MARK: - Writing

extension EventRecorder {
    private func write(_ notice: EventNotice, time: KubeTime, correlator: inout EventCorrelator) async {
        switch correlator.decide(notice, at: clock.uptime) {
        case .drop: break
        case .create(let message): await create(notice, message: message, time: time, correlator: &correlator)
        case .update(let name, let count, let message):
            let change: JSONValue = ["count": JSONValue(count), "lastTimestamp": .string(time.description)]
            let isThere = await attempt {
                _ = try await self.api.patch(
                    .events, namespace: self.namespace(of: notice), name: name, patch: .merge(change))
            }
            guard !isThere else { return }
            correlator.forget(notice, message: message)
            await create(notice, message: message, time: time, correlator: &correlator)
        }
    }

    private func create(
        _ notice: EventNotice, message: String, time: KubeTime, correlator: inout EventCorrelator
    ) async {
        // As client-go names them: unique enough, and sorted by time for one object.
        let unique =
            String(UInt64(bitPattern: time.microseconds), radix: 16)
            + String(UInt16.random(in: 0x1000...0xFFFF), radix: 16)
        let name = "\(notice.object.name).\(unique)"
        let event = event(notice, message: message, name: name, time: time)
        if await attempt({ _ = try await self.api.create(event, in: .events) }) {
            correlator.created(notice, message: message, name: name, at: clock.uptime)
        }
    }

    /// Tries again where that may help. Returns whether it was done.
    private func attempt(_ body: () async throws -> Void) async -> Bool {
        let backoff = Backoff(base: .milliseconds(500), maximum: .seconds(10), jitter: 0.5)
        for failures in 1...Self.attempts {
            do {
                try await body()
                return true
            } catch let status as APIStatus where status.code != 429 && status.code < 500 {
                // A namespace that goes takes its events with it: nobody misses one more.
                let isGoing = status.causes.contains { $0.reason == "NamespaceTerminating" }
                let level: Logger.Level = status.isNotFound || isGoing ? .debug : .warning
                logger.log(level: level, "event refused", metadata: ["error": "\(status)"])
                return false
            } catch {
                if Task.isCancelled || isClosing.withLock(\.self) { return false }
                logger.debug("event not written", metadata: ["error": "\(error)"])
                let delay = backoff.delay(failures: failures, random: .random(in: 0...1))
                if failures < Self.attempts { try? await clock.sleep(for: delay) }
            }
        }
        return false
    }

    /// Events about cluster-scoped objects are in `default`, as the API demands.
    private func namespace(of notice: EventNotice) -> String { notice.object.namespace ?? "default" }

    private func event(_ notice: EventNotice, message: String, name: String, time: KubeTime) -> KubeObject {
        KubeObject(
            .events, namespace: namespace(of: notice), name: name,
            members: [
                "involvedObject": notice.object.json, "reason": .string(notice.reason), "message": .string(message),
                "type": .string(notice.type.rawValue), "source": ["component": .string(component)],
                "reportingComponent": .string(component), "reportingInstance": .string(instance),
                "firstTimestamp": .string(time.description), "lastTimestamp": .string(time.description), "count": 1,
            ])
    }
}
