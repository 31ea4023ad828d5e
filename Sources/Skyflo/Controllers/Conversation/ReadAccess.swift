import KubeClient
import KubeModel
import ToolKit
import Writes

/// The cluster for those parts of a turn that may look at it and change nothing: always as somebody, never as the operator.
struct ReadAccess: Sendable {
    private let api: any KubeAPI
    private let directory: @Sendable (ObjectKey) -> IntegrationDirectory
    private let chartDirectory: @Sendable (ObjectKey) -> ChartDirectory

    init(_ dependencies: ConversationReconciler.Dependencies) {
        api = dependencies.api
        directory = { IntegrationDirectory(of: $0, dependencies) }
        chartDirectory = { ChartDirectory(of: $0, dependencies) }
    }

    /// What a SkyfloAI names of systems outside of the cluster, for a conversation in a namespace.
    /// - Parameter skyfloAI: nil where none governs the conversation.
    func integrations(of skyfloAI: ObjectKey?, in namespace: String) -> IntegrationReader {
        skyfloAI.map { IntegrationReader(directory($0), namespace: namespace) } ?? .none
    }

    /// The charts that a SkyfloAI names, for a conversation in a namespace.
    /// - Parameters:
    ///   - skyfloAI: nil where none governs the conversation.
    ///   - identity: whose rights it takes.
    func charts(of skyfloAI: ObjectKey?, in namespace: String, for identity: Impersonation) -> any ChartProvider {
        guard let skyfloAI else { return NoCharts() }
        return chartDirectory(skyfloAI).limited(to: acting(for: identity), in: namespace)
    }

    func acting(for identity: Impersonation) -> ReadOnlyAPI { ReadOnlyAPI(api.impersonating(identity)) }
}
