import KubeClient
import KubeModel
import MCP
import SkyfloAPI

/// Texts that a person picks in a client instead of writing them.
enum Prompts {
    static let all = [
        ServedPrompt(
            name: "diagnose", title: "Find out what is wrong",
            description: "Diagnose a workload or a whole namespace, from cause to evidence, without changing anything",
            arguments: [
                .init(name: "workload", description: "Name of a workload; default: everything in the namespace"),
                .init(name: "namespace", description: "Default: the namespace of the connection"),
            ]),
        ServedPrompt(
            name: "roll_out", title: "Roll out safely",
            description: "Make one change to a workload step by step, with a preview, an approval and checks",
            arguments: [
                .init(name: "change", description: "What to change, as: image 1.4.2", isRequired: true),
                .init(name: "workload", description: "Name of the workload", isRequired: true),
                .init(name: "namespace", description: "Default: the namespace of the connection"),
            ]),
        ServedPrompt(
            name: "review_pending", title: "Review what waits",
            description: "Go through all changes that wait for a decision, with their risks",
            arguments: [.init(name: "namespace", description: "Default: the namespace of the connection")]),
    ]

    static func messages(
        of name: String, arguments: [String: String], namespace: String
    ) throws(RPCError) -> PromptMessages {
        let place = arguments["namespace"].flatMap { $0.isEmpty ? nil : $0 } ?? namespace
        let workload = arguments["workload"].flatMap { $0.isEmpty ? nil : $0 }
        switch name {
        case "diagnose":
            return PromptMessages(
                description: "Diagnose \(workload ?? place)",
                text: """
                    Find out what is wrong with \(workload.map { "the workload \($0)" } ?? "the workloads") in namespace \
                    \(place). Use the tools that read: status and conditions first, then events, then logs of what fails \
                    (also of earlier containers), then what it depends on. Change nothing. Say the cause, the evidence for \
                    it, how sure you are, and the smallest change that would mend it.
                    """)
        case "roll_out":
            return PromptMessages(
                description: "Roll out \(workload ?? "")",
                text: """
                    Change the workload \(workload ?? "") in namespace \(place): \(arguments["change"] ?? ""). Look at how \
                    it stands now. Then ask for exactly this change with conversation_ask, show me the pending approval \
                    with its whole diff and its warnings, and wait for what I decide. Afterwards use conversation_wait, \
                    and tell me what the checks say.
                    """)
        case "review_pending":
            return PromptMessages(
                description: "What waits in \(place)",
                text: """
                    List what waits for a decision in namespace \(place) with approvals_list. For each say in one line what \
                    it changes, why it was asked for as far as the conversation says, what could go wrong, and whether it \
                    can be taken back. Decide nothing.
                    """)
        default: throw RPCError(.invalidParams, "there is no prompt \(name.prefix(80))")
        }
    }
}

/// Names that begin with what a person has typed so far.
struct Completions: Sendable {
    let api: any KubeAPI
    let namespace: String

    /// Enough to choose from: more than an answer may hold.
    private static let limit = 500

    func values(
        for reference: CompletionReference, argument: String, beginning: String, context: [String: String]
    ) async throws -> [String] {
        let place = context["namespace"].flatMap { $0.isEmpty ? nil : $0 } ?? namespace
        let names: [String]
        switch (reference, argument) {
        case (_, "namespace"): names = try await self.names(of: .namespaces, in: nil)
        case (.prompt, "workload"):
            names = try await self.names(of: .deployments, in: place) + self.names(of: .statefulSets, in: place)
        case (.resource, "name"): names = try await self.names(of: .conversations, in: place)
        default: names = []
        }
        return Set(names).filter { $0.hasPrefix(beginning) }.sorted()
    }

    /// None where the caller may not list them: a completion isn't worth an error.
    private func names(of resource: APIResource, in namespace: String?) async throws -> [String] {
        do {
            return try await api.list(resource, namespace: namespace, options: ListOptions(limit: Self.limit)).items
                .map(\.name)
        } catch is APIStatus {
            return []
        }
    }
}
