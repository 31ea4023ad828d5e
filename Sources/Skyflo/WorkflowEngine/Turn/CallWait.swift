import KubeModel
import SkyfloAPI

/// What a read waits for: a time, or objects that shall become as they are wanted. No worker is held meanwhile.
package struct CallWait: Sendable, Hashable {
    /// For people: `condition Ready of pod/web`.
    package var title: String
    /// When the call has its result, whatever has come by then.
    package var until: KubeTime
    /// Whether it can be over before, so that somebody has to look.
    package var isWatched: Bool
    /// What the tool found at its beginning and has to know at each later look.
    package var memory: JSONValue?

    package init(title: String, until: KubeTime, isWatched: Bool, memory: JSONValue? = nil) {
        self.title = title
        self.until = until
        self.isWatched = isWatched
        self.memory = memory
    }

    /// How long to leave it alone: the longer it takes, the more seldom somebody looks.
    package func pause(since start: KubeTime, now: KubeTime) -> Double {
        let left = max(0, until.seconds(since: now))
        return isWatched ? min(left, max(0.5, min(10, now.seconds(since: start) / 5))) : left
    }
}

extension WorkflowStateMachine {
    /// Whether nothing is to be done before what calls wait for has come.
    package var onlyWaits: Bool {
        calls.contains { $0.state == .waiting }
            && calls.allSatisfy { $0.state == .waiting || $0.state.isFinal || argumentState(of: $0) == .blocked }
    }

    /// What is waited for, by people and by calls. nil where nothing is.
    ///
    /// The turn's own time is over at the latest then: a person's decision may take longer, a read may not.
    func nextOfWaits(now: KubeTime) -> Action? {
        let waiting = calls.filter { $0.state == .waiting }
        let expiries = calls.filter(\.isWaitingForDecision).compactMap { $0.approval?.expiresAt }
        guard !waiting.isEmpty else { return expiries.min().map { .awaitDecisions(until: $0) } }
        let left = Double(policy.limits.turnTimeoutSeconds) - secondsWorked(now: now)
        let ends = waiting.compactMap { $0.wait?.until } + [now.adding(seconds: max(0, left))]
        return (expiries + ends).min().map { .awaitReads(waiting.map(\.id), until: $0) }
    }
}
