import KubeModel
import SkyfloAPI

/// A transcript run again through the engine of this version, on the replies, results and decisions that were recorded.
///
/// No I/O. Before each recorded fact the engine is asked what it would do next. Where that can't have led to the fact, today's
/// engine decides differently. The recorded fact is taken in all the same, so that what follows is compared as well.
package struct TranscriptReplay: Sendable {
    /// A place where today's engine decides differently.
    package struct Difference: Sendable, Hashable {
        package enum Kind: String, Sendable {
            /// It would do something else.
            case decision = "Decision"
            /// It would do the same, and say something else.
            case wording = "Wording"
        }

        /// The position of the recorded fact in the transcript, from 1.
        package var entry: Int
        package var turn: Int
        package var at: KubeTime
        package var kind: Kind
        package var recorded: String
        package var decided: String
    }

    package private(set) var differences: [Difference] = []
    /// How many facts were compared. Those that no worker believed aren't.
    package private(set) var compared = 0
    /// How many turns and undos there are.
    package private(set) var turns = 0
    private var machine: WorkflowStateMachine
    /// When the fact before was recorded: what leads to a fact was decided then.
    private var before: KubeTime?

    /// Runs a transcript again.
    ///
    /// - Parameters:
    ///   - entries: of the whole transcript.
    ///   - policy: the limits and the mode that the conversation had; nil infers them from the transcript, which doesn't have
    ///     them (``ReplayPolicy``).
    package init(_ entries: [TranscriptChain.Entry], policy: WorkflowStateMachine.Policy? = nil) {
        let believed = TranscriptChain.believedPositions(entries).map { (position: $0, entry: entries[$0]) }
        machine = WorkflowStateMachine(policy: policy ?? ReplayPolicy.of([]))
        for (index, (position, entry)) in believed.enumerated() {
            if entry.event.beginsTurn {
                turns += 1
                if policy == nil { machine.policy = ReplayPolicy.of(believed[index...].lazy.map { $0.entry.event }) }
            }
            compare(entry, at: position + 1)
            machine.apply(entry.event, at: entry.at)
            before = entry.at
            compared += 1
        }
    }

    private mutating func compare(_ entry: TranscriptChain.Entry, at position: Int) {
        let times = [before ?? entry.at, entry.at]
        let stops: [String?] = entry.event.stop.map { [$0] } ?? [nil]
        var first: Judgement?
        for time in times {
            for stop in stops {
                let judgement = machine.judge(entry.event, at: time, stop: stop)
                if judgement.kind == nil { return }
                if first == nil || judgement.kind == .wording { first = judgement }
            }
        }
        guard let first, let kind = first.kind else { return }
        differences.append(
            Difference(
                entry: position, turn: machine.turn, at: entry.at, kind: kind, recorded: entry.event.summary,
                decided: first.decided))
    }
}

/// What the engine would have done in place of a recorded fact.
struct Judgement {
    /// nil: just that.
    var kind: TranscriptReplay.Difference.Kind?
    var decided: String
}

extension TurnEvent {
    var beginsTurn: Bool {
        switch self {
        case .turnStarted, .undoStarted: true
        default: false
        }
    }

    /// Who wanted the turn stopped, where it ended so.
    fileprivate var stop: String? {
        guard case .turnEnded(let end) = self, end.reason == .stopped else { return nil }
        return end.message.ranges(of: "stopped by ").last.map { String(end.message[$0.upperBound...]) } ?? "spec.stop"
    }
}

extension TranscriptChain {
    /// The positions of the entries that may be acted upon, from 0. A ``TurnEvent/disregarded(after:)`` takes those before it
    /// away.
    package static func believedPositions(_ entries: [Entry]) -> [Int] {
        var believed: [Int] = []
        for (position, entry) in entries.enumerated() {
            if case .disregarded(let count) = entry.event {
                believed.removeAll { $0 >= count }
            } else {
                believed.append(position)
            }
        }
        return believed
    }
}
