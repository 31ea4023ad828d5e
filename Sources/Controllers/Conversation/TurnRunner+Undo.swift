import KubeClient
import KubeModel
import Tools
import WorkflowEngine

/// A change that is to be taken back, or why there is none.
enum Undo: Sendable {
    case of(Change)
    case refused(String)

    func proposal(in context: ToolContext) async throws -> WriteProposal {
        switch self {
        case .refused(let why): throw ToolFailure(why)
        case .of(let change):
            guard let record = ChangeRecord(json: change.record) else {
                throw ToolFailure("the change \(change.id) can't be read by this version")
            }
            do {
                return try await record.undo(uid: change.uid, summary: change.summary, in: context)
            } catch let denied as PermissionDenied {
                throw ToolFailure(describing: denied)
            } catch let status as APIStatus {
                throw ToolFailure(describing: status)
            }
        }
    }
}

extension TurnRunner {
    /// What calls of an undo are to take back.
    func undos(_ calls: [Call]) -> [String: Undo] {
        calls.reduce(into: [:]) { $0[$1.id] = undo($1) }
    }

    private func undo(_ call: Call) -> Undo {
        let id = UndoCall.change(of: call) ?? ""
        guard let change = machine.change(id) else {
            let known = machine.changes.map(\.id).joined(separator: ", ")
            return .refused("there is no change \(id.bounded(to: 64)); there are: \(known.isEmpty ? "none" : known)")
        }
        if let by = change.undoneBy { return .refused("\(id) was taken back by \(by) already") }
        return .of(change)
    }

    /// Records of changes go into the transcript, a Secret, which holds less than a status may ask for.
    func kept(_ changes: [ChangeRecord?]) -> [JSONValue] {
        let waiting = machine.pendingApprovals.flatMap { $0.approval?.changes ?? [] }
        var room = Self.changesLimit - JSONWriter.bytes(.array(waiting)).count
        return changes.map { change in
            guard let change else { return .null }
            let json = change.json
            let size = JSONWriter.bytes(json).count
            guard size <= room else { return change.withoutContent("it is too large to be kept").json }
            room -= size
            return json
        }
    }

    /// Bytes of all approvals that wait.
    private static let changesLimit = 192 * 1024
}
