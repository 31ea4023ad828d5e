import KubeModel
import SkyfloAPI

extension WorkflowStateMachine {
    public func change(_ id: String) -> Change? { changes.first { $0.id == id } }

    /// The changes that requests of a call made.
    func changes(of call: Call, uids: [String], at: KubeTime) -> [Change] {
        guard let approval = call.approval else { return [] }
        let undoes = isUndoing ? UndoCall.change(of: call) : nil
        return zip(approval.changes, uids).enumerated().map { position, change in
            Change(
                id: approval.changes.count == 1 ? call.id : "\(call.id)-\(position + 1)", call: call.id, turn: turn,
                summary: approval.summary, record: change.0, uid: change.1, at: at, undoes: undoes)
        }
    }

    /// How an undo ends: with what became of each change.
    func endOfUndo() -> TurnEnd {
        let asked = calls.filter { $0.state != .stale }
        let lines = asked.map { call in
            "\(UndoCall.change(of: call) ?? call.id): \(call.result ?? call.state.rawValue)"
        }
        let text = lines.joined(separator: "\n")
        guard asked.allSatisfy({ $0.state == .succeeded }) else {
            return TurnEnd(.failed, .undoFailed, message: "not everything was taken back:\n" + text)
        }
        return TurnEnd(.completed, .undone, answer: "Taken back:\n" + text)
    }
}
