import KubeClient
import KubeModel
import ToolKit
import WorkflowEngine
import Writes

/// A change that is to be taken back, or why there is none.
enum Undo: Sendable {
    case change(Change)
    case refused(String)

    /// - Parameter call: carries out a call of a tool, where that takes the change back.
    func proposal(
        in context: ToolContext, call: (ChangeRecord.Reversal) async throws -> ToolOutcome
    ) async throws -> WriteProposal {
        switch self {
        case .refused(let why): throw ToolFailure(why)
        case .change(let change):
            guard let record = ChangeRecord(json: change.record) else {
                throw ToolFailure("the change \(change.id) can't be read by this version")
            }
            if let reversal = record.reversal {
                return try await Self.proposal(call(reversal), undoing: change.summary)
            }
            do {
                return try await record.undo(uid: change.uid, summary: change.summary, api: context.api)
            } catch let denied as PermissionDenied {
                throw ToolFailure(describing: denied)
            } catch let status as APIStatus {
                throw ToolFailure(describing: status)
            }
        }
    }
}

extension Undo {
    private static func proposal(_ outcome: ToolOutcome, undoing summary: String) throws(ToolFailure) -> WriteProposal {
        switch outcome {
        case .proposal(var proposal):
            proposal.summary = "Undo “\(summary)”: \(proposal.summary)"
            return proposal
        case .output(let text): throw ToolFailure(text)
        case .waiting: throw ToolFailure("the tool waits instead of proposing something")
        }
    }

    /// What calls of an undo are to take back, by the ids of the calls.
    static func of(_ calls: [Call], machine: WorkflowStateMachine) -> [String: Undo] {
        calls.reduce(into: [:]) { $0[$1.id] = of($1, machine: machine) }
    }

    private static func of(_ call: Call, machine: WorkflowStateMachine) -> Undo {
        let id = UndoCall.change(of: call) ?? ""
        guard let change = machine.change(id) else {
            let known = machine.changes.map(\.id).joined(separator: ", ")
            return .refused(
                "change \(id.bounded(to: 64)) does not exist; the changes are: \(known.isEmpty ? "none" : known)")
        }
        if let by = change.undoneBy { return .refused("\(id) was already undone by \(by)") }
        return .change(change)
    }
}
