import Concurrency
import KubeClient
package import KubeModel

/// The decisions of a reflector, without I/O: list, then watch from the list's version, and go on from the last
/// version that was heard of after every break, or list again when the server has forgotten that version.
///
/// Every step has one outcome that its owner reports:
///
/// | step | outcome |
/// |---|---|
/// | ``Step/list`` | ``listed(resourceVersion:)`` or ``failed(_:after:random:)`` |
/// | ``Step/watch(from:)`` | ``received(_:)`` for each event, then ``ended(after:random:)`` or ``failed(_:after:random:)`` |
/// | ``Step/watchList`` | as `watch`; the event that ends the initial ones turns it into a `watch` |
/// | ``Step/pause(_:)`` | ``paused()`` |
package struct ReflectorState: Sendable {
    /// The next thing to do.
    package enum Step: Sendable, Equatable {
        /// A list of everything, most recent.
        case list
        /// A watch of what came after that version.
        case watch(from: String)
        /// A watch with `sendInitialEvents` (KEP-3157): the initial objects come as events.
        case watchList
        /// A pause of that length; then the step is asked for again.
        case pause(Duration)
    }

    /// The reason why a list or a watch broke, as far as it matters for what to do next.
    package enum Failure: Sendable, Equatable {
        /// The server no longer has the version (410), or doesn't have it yet (it was restored from a backup).
        case expired
        /// The server says when to come back.
        case throttled(Duration)
        /// The server doesn't know `sendInitialEvents`, or doesn't do what it says.
        case unsupported
        /// Anything else, such as a connection that broke.
        case other

        /// Tells what an error means here.
        package init(_ error: any Error) {
            guard let status = error as? APIStatus else {
                self = (error as? RuntimeError)?.code == .incomplete ? .unsupported : .other
                return
            }
            let isTooLarge =
                status.causes.contains { $0.reason == "ResourceVersionTooLarge" }
                || status.message.contains("Too large resource version")
            if status.isExpired || isTooLarge {
                self = .expired
            } else if let seconds = status.retryAfterSeconds, status.isTransient {
                self = .throttled(.seconds(seconds))
            } else {
                self = status.isInvalid || status.code == 400 ? .unsupported : .other
            }
        }
    }

    /// A watch that ends sooner counts as a failure, whatever came over it: a server that closes every watch at once,
    /// or after repeating an old event, would otherwise be asked without a pause.
    private static let shortestHealthyWatch = Duration.seconds(1)

    private static let watchListAttempts = 2

    private let backoff: Backoff
    private var usesWatchList: Bool
    /// The failures in a row, without a healthy watch between them.
    private var failures = 0
    private var next: Step
    private var delay = Duration.zero
    /// The last version that was heard of; nil before the first list.
    package private(set) var resourceVersion: String?

    /// Makes the state of a reflector that has read nothing yet. With `usesWatchList` it begins with a watch.
    package init(
        usesWatchList: Bool = false,
        backoff: Backoff = Backoff(base: .milliseconds(200), maximum: .seconds(30), jitter: 0.5)
    ) {
        self.usesWatchList = usesWatchList
        self.backoff = backoff
        next = usesWatchList ? .watchList : .list
    }

    /// The next thing to do. It stays the same until its outcome is reported.
    package var step: Step { delay > .zero ? .pause(delay) : next }

    /// The pause is over.
    package mutating func paused() { delay = .zero }

    /// The list is complete, and of that version.
    package mutating func listed(resourceVersion: String) {
        // The count of failures stays: a list that works between watches that fail must not keep the delays short.
        self.resourceVersion = resourceVersion
        next = .watch(from: resourceVersion)
    }

    /// The watch brought an event. An `ERROR` event changes nothing here: it ends the watch, which is reported by
    /// ``failed(_:after:random:)``.
    package mutating func received(_ event: WatchEvent) {
        switch event {
        case .error: break
        case .added(let object), .modified(let object), .deleted(let object): heard(object.resourceVersion)
        case .bookmark(let version, let initialEventsEnd):
            if initialEventsEnd, next == .watchList { next = .watch(from: version) }
            heard(version)
        }
    }

    /// The server ended the watch after that time, as it does every few minutes. `random` is a number from 0 to 1 for
    /// the jitter of a pause.
    package mutating func ended(after duration: Duration, random: Double) {
        if next == .watchList {
            failed(.unsupported, after: duration, random: random)
        } else if duration >= Self.shortestHealthyWatch {
            failures = 0
        } else {
            failed(.other, random: random)
        }
    }

    /// The list or the watch broke.
    ///
    /// - Parameters:
    ///   - failure: What broke it.
    ///   - duration: How long the watch had lasted; zero for a list.
    ///   - random: A number from 0 to 1, for the jitter of the pause.
    package mutating func failed(_ failure: Failure, after duration: Duration = .zero, random: Double) {
        failures = duration >= Self.shortestHealthyWatch ? 1 : failures + 1
        delay = backoff.delay(failures: failures, random: random)
        switch failure {
        case .expired:
            resourceVersion = nil
            next = usesWatchList ? .watchList : .list
            // Normal after a long silence, and nobody else has to wait.
            if failures == 1, duration >= Self.shortestHealthyWatch { delay = .zero }
        case .unsupported where next == .watchList: giveUpWatchList()
        case .throttled(let pause): delay = max(pause, delay)
        case .unsupported, .other:
            // Servers refuse it in more ways than one can name: with an etcd that can't tell its progress
            // it is a 500 inside of the stream. Where it is the server that is broken, a list fails as well.
            if next == .watchList, failures >= Self.watchListAttempts { giveUpWatchList() }
        }
    }

    private mutating func giveUpWatchList() {
        usesWatchList = false
        next = .list
        delay = .zero
    }

    private mutating func heard(_ version: String) {
        guard next != .watchList, !version.isEmpty else { return }
        resourceVersion = version
        next = .watch(from: version)
    }
}
