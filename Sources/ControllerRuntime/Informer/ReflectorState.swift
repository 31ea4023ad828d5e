import KubeClient
public import KubeModel

/// What a reflector does next, without doing it: list, then watch from the list's version, and go on from the last
/// version that was heard of after every break, or list again when the server has forgotten that version.
///
/// Every step has one outcome that its owner reports:
///
/// | step | outcome |
/// |---|---|
/// | ``Step/list`` | ``listed(resourceVersion:)`` or ``failed(_:random:)`` |
/// | ``Step/watch(from:)`` | ``received(_:)`` for each event, then ``ended(after:random:)`` or ``failed(_:random:)`` |
/// | ``Step/watchList`` | as `watch`; the event that ends the initial ones turns it into a `watch` |
/// | ``Step/pause(_:)`` | ``paused()`` |
public struct ReflectorState: Sendable {
    public enum Step: Sendable, Equatable {
        /// List everything, most recent.
        case list
        case watch(from: String)
        /// Watch with `sendInitialEvents` (KEP-3157): the initial objects come as events.
        case watchList
        case pause(Duration)
    }

    /// What broke, as far as it matters for what to do next.
    public enum Failure: Sendable, Equatable {
        /// The server no longer has the version (410), or doesn't have it yet (it was restored from a backup).
        case expired
        /// The server says when to come back.
        case throttled(Duration)
        /// The server doesn't know `sendInitialEvents`.
        case unsupported
        case other

        public init(_ error: any Error) {
            guard let status = error as? APIStatus else {
                self = .other
                return
            }
            let isTooLarge =
                status.causes.contains { $0.reason == "ResourceVersionTooLarge" }
                || status.message.contains("Too large resource version")
            if status.isExpired || isTooLarge {
                self = .expired
            } else if let seconds = status.retryAfterSeconds, status.code == 429 || status.code >= 500 {
                self = .throttled(.seconds(seconds))
            } else {
                self = status.isInvalid || status.code == 400 ? .unsupported : .other
            }
        }
    }

    /// A watch that ends sooner without an event counts as a failure: otherwise a server that closes every watch at
    /// once would be asked without a pause.
    private static let shortestHealthyWatch = Duration.seconds(1)

    private let backoff: Backoff
    private var usesWatchList: Bool
    /// In a row, without an event between them.
    private var failures = 0
    private var next: Step
    private var delay = Duration.zero
    /// The last version that was heard of; nil before the first list.
    public private(set) var resourceVersion: String?

    public init(
        usesWatchList: Bool = false,
        backoff: Backoff = Backoff(base: .milliseconds(200), maximum: .seconds(30), jitter: 0.5)
    ) {
        self.usesWatchList = usesWatchList
        self.backoff = backoff
        next = usesWatchList ? .watchList : .list
    }

    public var step: Step { delay > .zero ? .pause(delay) : next }

    public mutating func paused() { delay = .zero }

    public mutating func listed(resourceVersion: String) {
        // The count of failures stays: a list that works between watches that fail must not keep the delays short.
        self.resourceVersion = resourceVersion
        next = .watch(from: resourceVersion)
    }

    /// An `ERROR` event changes nothing here: it ends the watch, which is reported by ``failed(_:random:)``.
    public mutating func received(_ event: WatchEvent) {
        switch event {
        case .error: break
        case .added(let object), .modified(let object), .deleted(let object): heard(object.resourceVersion)
        case .bookmark(let version, let initialEventsEnd):
            if initialEventsEnd, next == .watchList { next = .watch(from: version) }
            heard(version)
        }
    }

    /// The server ended the watch, as it does every few minutes.
    public mutating func ended(after duration: Duration, hasHeard: Bool, random: Double) {
        if hasHeard || duration >= Self.shortestHealthyWatch {
            failures = 0
        } else {
            failed(.other, random: random)
        }
    }

    public mutating func failed(_ failure: Failure, random: Double) {
        failures += 1
        switch failure {
        case .expired:
            resourceVersion = nil
            next = usesWatchList ? .watchList : .list
            // Once is normal after a long silence; again means that the server can't keep up.
            delay = failures == 1 ? .zero : backoff.delay(failures: failures - 1, random: random)
        case .unsupported where next == .watchList:
            usesWatchList = false
            next = .list
        case .throttled(let pause): delay = max(pause, backoff.delay(failures: failures, random: random))
        case .unsupported, .other: delay = backoff.delay(failures: failures, random: random)
        }
    }

    private mutating func heard(_ version: String) {
        failures = 0
        guard next != .watchList, !version.isEmpty else { return }
        resourceVersion = version
        next = .watch(from: version)
    }
}
