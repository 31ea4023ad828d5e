public import Concurrency
public import KubeModel

extension Backoff {
    /// The waits before a watch that broke is opened again: nothing where it had brought something, and half of the rest by chance.
    public static let watch = Backoff(base: .milliseconds(500), maximum: .seconds(30), jitter: 0.5)
}

extension KubeAPI {
    /// Watches a collection from `version` on, and goes on where it was after every end and every cut.
    ///
    /// `body` gets each event after `version` once and in the server's order, as long as the server still has them;
    /// bookmarks too, which are good places to remember. A watch that brings nothing new before it ends is opened again
    /// only after a pause, so that a server that cuts every connection is not asked without end.
    /// - Parameters:
    ///   - resource: The resource whose objects are watched.
    ///   - namespace: The namespace; nil for all of them, and for a resource without namespaces.
    ///   - version: The version of a list, or of the last event, after which to begin.
    ///   - options: The selectors and the server's timeout; its `resourceVersion` and `sendInitialEvents` are not used.
    ///   - backoff: How long to wait before a watch that brought nothing is opened again.
    ///   - body: Takes the events.
    /// - Returns: Nothing: it ends with an error only.
    /// - Throws: What `body` throws; `APIStatus` 410 when the server no longer has what came next: list again, and go
    ///   on from there; other refusals that don't pass by themselves (403, 404); `CancellationError`.
    public func follow(
        _ resource: APIResource, namespace: String? = nil, from version: String,
        options: WatchOptions = WatchOptions(), backoff: Backoff = .watch,
        body: (WatchEvent) async throws -> Void
    ) async throws -> Never {
        var position = WatchPosition(version: version)
        while true {
            try Task.checkCancellation()
            var options = options
            options.resourceVersion = position.version
            options.sendInitialEvents = false
            do {
                let failure = try await watch(resource, namespace: namespace, options: options) { events in
                    try await position.consume(&events, body: body)
                }
                if let failure { throw failure }
            } catch let error where position.bodyFailed || !Self.passes(error) {
                throw error
            } catch {}
            let failures = position.ended()
            guard failures > 0 else { continue }
            try await Concurrency.sleep(for: backoff.delay(failures: failures, random: .random(in: 0...1)))
        }
    }

    /// Whether to try again after an error of the server or of the connection.
    private static func passes(_ error: any Error) -> Bool {
        switch error {
        case let status as APIStatus: status.isTransient
        case let error as KubeClientError: [.unreachable, .timeout, .badResponse].contains(error.code)
        default: false
        }
    }
}

/// The place up to which a followed watch has come.
private struct WatchPosition {
    var version: String
    var bodyFailed = false
    private var hasHeard = false
    private var failures = 0

    init(version: String) { self.version = version }

    /// Takes the events until the server ends the watch, and returns the status that it ended it with.
    mutating func consume(
        _ events: inout WatchEvents, body: (WatchEvent) async throws -> Void
    ) async throws -> APIStatus? {
        while let event = try await events.next() {
            let before = version
            switch event {
            case .error(let status): return status
            case .added(let object), .modified(let object), .deleted(let object): version = object.resourceVersion
            case .bookmark(let version, _): self.version = version
            }
            // What leads no further than before is no reason to ask again at once.
            if version != before { hasHeard = true }
            do {
                try await body(event)
            } catch {
                bodyFailed = true
                throw error
            }
        }
        return nil
    }

    /// How many watches in a row have brought nothing new.
    mutating func ended() -> Int {
        failures = hasHeard ? 0 : failures + 1
        hasHeard = false
        return failures
    }
}
