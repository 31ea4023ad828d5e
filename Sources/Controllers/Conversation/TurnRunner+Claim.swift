import ControllerRuntime
import KubeModel
import SkyfloAPI
import WorkflowEngine

extension TurnRunner {
    /// Another worker has taken the conversation over. Whatever this one knows of it is past.
    struct FencedOut: Error {
        var by: String
    }

    /// Makes the conversation ours before anything is done for it: the next epoch is written into `status.worker` under the
    /// version of the conversation that our knowledge comes from. Of two workers one succeeds, and an earlier one finds a
    /// foreign epoch at its next status write. After taking over a turn that another has begun, the transcript is appended
    /// to as well, so that its next append fails too.
    mutating func claim() async throws {
        guard machine.isRunning, !record.claim.isHeld else { return }
        let takesOver = !conversation.status.isTurnEnded
        try await writeStatus()
        guard takesOver else { return }
        let worker = dependencies.options.identity
        record.log(.takenOver(worker: worker, epoch: record.claim.epoch), at: now)
        try await flush()
        // So that the status vouches for it, and what is kept of the turn goes with the status.
        try await writeStatus()
    }

    /// Writes to the transcript what isn't in it yet.
    /// - Throws: `APIStatus` 409 where it has moved on: what we know of it is past; ``FencedOut`` where another is to blame.
    mutating func flush() async throws {
        do {
            try await record.flush(to: store, of: conversation)
        } catch let status as APIStatus where status.code == 409 {
            try await readAgain()
            throw status
        }
    }

    /// - Throws: ``FencedOut`` where the conversation, as just read, is in other hands.
    func checkClaim(_ status: ConversationStatus) throws {
        guard status.workerEpoch != record.claim.expected else { return }
        throw FencedOut(by: status.workerIdentity)
    }
}
