import ConversationAccess
import KubeModel
import SkyfloAPI

/// How a turn stands, and what that means to a script.
enum TurnOutcome: Sendable, Hashable {
    case running
    case waiting
    case ended(ExitStatus)

    init(of conversation: Conversation, turn: Int) {
        let status = conversation.status
        if status.turn > turn {
            // A restored conversation counts the messages that it came with as turns, and answers none.
            let isRestored =
                status.conditions[type: ConversationCondition.failed.rawValue]?.reason
                == ConversationReason.restored.rawValue
            self = .ended(isRestored ? .refused : .success)
        } else if status.turn == turn, let phase = status.phase, phase.isTerminal {
            self = .ended(Self.status(phase, conversation: conversation, turn: turn))
        } else if status.turn < turn, conversation.spec.stop, status.isTurnEnded, status.phase != nil {
            self = .ended(.refused)
        } else {
            let isWaiting = status.turn == turn && !conversation.pendingApprovals.isEmpty
            self = isWaiting ? .waiting : .running
        }
    }

    private static func status(
        _ phase: ConversationStatus.Phase, conversation: Conversation, turn: Int
    ) -> ExitStatus {
        switch phase {
        case .failed: return .turnFailed
        case .stopped: return .refused
        default:
            let wasRefused = conversation.status.calls.values.contains {
                $0.turn == turn && ($0.state == .denied || $0.state == .expired)
            }
            return wasRefused ? .refused : .success
        }
    }
}
