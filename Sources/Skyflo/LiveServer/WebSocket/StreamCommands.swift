import ConversationAccess
import KubeClient
import KubeModel
import LiveEvents
import Logging
import SkyfloAPI

/// Carries out what people ask for over a stream: as they could by kubectl, with their own token and no right of the
/// operator's.
struct StreamCommands: Sendable {
    /// Where the API server is; nil where commands aren't possible.
    private let cluster: ClusterConfiguration?
    private let logger: Logger

    init(_ cluster: ClusterConfiguration?, logger: Logger) {
        self.logger = logger
        self.cluster = cluster?.anonymous
    }

    func answer(_ command: StreamCommand, on conversation: ObjectKey, by grant: StreamGrant) async -> StreamNotice {
        func refused(_ code: Int, _ message: String) -> StreamNotice {
            .refused(command: command.id, code: code, message: message)
        }
        guard case .caller(_, let proof) = grant else {
            return refused(
                403, "the stream key opens events and nothing else: send decisions and stops to the API server")
        }
        guard var cluster else { return refused(501, "send decisions and stops to the API server") }
        cluster.credentials = .token(proof.token)
        // The API server asks by itself whether the token's owner may.
        cluster.impersonation = proof.user.map { Impersonation(user: $0, groups: proof.groups) }
        do {
            let message = try await withKubeClient(cluster, logger: logger) { api in
                try await perform(command.action, on: conversation, as: api)
            }
            return .done(command: command.id, message: message)
        } catch let status as APIStatus {
            return refused(status.code, status.message)
        } catch let error as ConversationAccessError {
            return refused(error.kind == .changed ? 409 : 500, error.message)
        } catch {
            logger.notice("a command of a stream failed", metadata: ["error": "\(error)"])
            return refused(503, "the API server could not be asked; nothing is known to have been done")
        }
    }

    /// - Returns: what was done, for whoever asked.
    private func perform(
        _ action: StreamCommand.Action, on conversation: ObjectKey, as api: any KubeAPI
    ) async throws -> String {
        let client = ConversationClient(
            api: api, namespace: conversation.namespace ?? "", fieldManager: "skyflo-live")
        switch action {
        case .stop:
            _ = try await client.setStop(true, of: conversation.name)
            return "stopped"
        case .decide(let call, let decision, let digest, let reason):
            let current = try await client.get(conversation.name)
            let pending: PendingApproval
            do throws(PendingApproval.Refusal) {
                pending = try PendingApproval(call, shownAs: digest, for: decision, in: current)
            } catch {
                throw ConversationAccessError(.changed, message: Self.text(of: error, on: call))
            }
            _ = try await client.decide(
                decision, on: [pending], of: conversation.name, uid: current.uid, reason: reason)
            return "\(call) was \(decision.rawValue.lowercased())"
        }
    }

    private static func text(of refusal: PendingApproval.Refusal, on call: String) -> String {
        switch refusal {
        case .notPending: "\(call) doesn't wait for a decision; nothing was decided"
        case .moved: "\(call) is no longer what was shown; nothing was decided. Look at it again"
        case .altered: "somebody changed what \(call) asks for; nothing was decided"
        }
    }
}
