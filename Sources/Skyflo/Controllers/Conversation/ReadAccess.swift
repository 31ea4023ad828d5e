import KubeClient
import KubeModel
import Writes

/// The cluster for those parts of a turn that may look at it and change nothing: always as somebody, never as the operator.
struct ReadAccess: Sendable {
    private let api: any KubeAPI
    private let directory: @Sendable (ObjectKey) -> IntegrationDirectory

    init(_ dependencies: ConversationReconciler.Dependencies) {
        api = dependencies.api
        directory = { IntegrationDirectory(of: $0, dependencies) }
    }

    /// What a SkyfloAI names of systems outside of the cluster, for a conversation in a namespace.
    /// - Parameter skyfloAI: nil where none governs the conversation.
    func integrations(of skyfloAI: ObjectKey?, in namespace: String) -> IntegrationReader {
        skyfloAI.map { IntegrationReader(directory($0), namespace: namespace) } ?? .none
    }

    func acting(for identity: Impersonation) -> ReadOnlyAPI { ReadOnlyAPI(api.impersonating(identity)) }
}
