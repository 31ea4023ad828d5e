import KubeModel
import SkyfloAPI

/// Checks that were still running when their turn could wait no longer.
extension WorkflowStateMachine {
    /// What has to be looked at again, by call: a roll-out or a Job that was on its way.
    package var runningChecks: [(call: Call, checks: [CheckResult])] {
        let running = verification.filter { $0.check.verdict == .stillRunning }
        guard !running.isEmpty else { return [] }
        let checks = Dictionary(grouping: running, by: \.call)
        return (pastCalls.map(\.call) + calls).compactMap { call in
            checks[call.id].map { (call, $0.map(\.check)) }
        }
    }

    /// Whether calls of the last reply, all of which have ended, have changed something: the model's next reply is about what
    /// came of it.
    package var hasJustWritten: Bool {
        isRunning && calls.allSatisfy(\.state.isFinal) && calls.contains(where: \.hasWritten)
    }

    /// The call stays what it was: it was carried out. What came of it stands with its checks, and the model hears of it.
    mutating func take(later checks: [CheckResult], of id: String, at: KubeTime) {
        var lines: [String] = []
        for check in checks {
            guard
                let position = verification.firstIndex(where: {
                    $0.call == id && $0.check.isAbout(check) && $0.check.verdict == .stillRunning
                })
            else { continue }
            verification[position] = (id, check, at)
            if check.verdict != .stillRunning { lines.append("- \(check.line)") }
        }
        guard !lines.isEmpty else { return }
        laterNotes.append((["(Later, code checked \(id) again:"] + lines).joined(separator: "\n") + ")")
        if !isRunning { tellLaterNotes() }
    }

    /// How to look at them again goes with their call.
    mutating func giveUpForgottenChecks() {
        let kept = Set(pastCalls.map(\.call.id))
        for position in verification.indices
        where verification[position].check.verdict == .stillRunning && !kept.contains(verification[position].call) {
            verification[position].check.verdict = .notChecked
        }
    }

    mutating func tellLaterNotes() {
        history += laterNotes.map { .assistant($0, calls: []) }
        laterNotes = []
    }
}
