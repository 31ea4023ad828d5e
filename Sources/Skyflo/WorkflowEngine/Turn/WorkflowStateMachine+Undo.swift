import KubeModel
import SkyfloAPI

extension WorkflowStateMachine {
    package func change(_ id: String) -> Change? { changes.first { $0.id == id } }

    /// The changes that requests of a call made.
    func changes(of call: Call, uids: [String], at: KubeTime) -> [Change] {
        uids.enumerated().flatMap { change(of: call, step: $0.offset, uid: $0.element, at: at) }
    }

    /// The change that one request of a call made; none where nothing is known of it.
    func change(of call: Call, step: Int, uid: String, at: KubeTime) -> [Change] {
        guard let approval = call.approval, approval.changes.indices.contains(step), !approval.changes[step].isNull
        else { return [] }
        return [
            Change(
                id: approval.changes.count == 1 ? call.id : "\(call.id)-\(step + 1)", call: call.id, turn: turn,
                summary: approval.summary, record: approval.changes[step], uid: uid, at: at,
                undoes: isUndoing ? UndoCall.change(of: call) : nil)
        ]
    }

    /// How an undo ends: with what became of each change.
    func endOfUndo() -> TurnEnd {
        let asked = calls.filter { $0.state != .stale }
        let lines = asked.map { call in
            "\(UndoCall.change(of: call) ?? call.id): \(call.result ?? call.state.rawValue)"
        }
        let text = lines.joined(separator: "\n")
        guard asked.allSatisfy({ $0.state == .succeeded }) else {
            return TurnEnd(.failed, reason: .undoFailed, message: "not everything was undone:\n" + text)
        }
        return TurnEnd(.completed, reason: .undone, answer: "Undone:\n" + text)
    }
}
