import ConversationAccess
import KubeClient
import KubeModel
import MCP
import SkyfloAPI

/// Conversations as resources: `skyflo://conversations/NAMESPACE/NAME`, and the changes that wait in one:
/// `skyflo://approvals/NAMESPACE/NAME`.
struct ConversationResources: Sendable {
    let api: any KubeAPI
    let namespace: String

    private static let pageSize = 100
    private static let kinds = ["conversations", "approvals"]

    static let templates = [
        ResourceTemplate(
            uriTemplate: "skyflo://conversations/{namespace}/{name}", name: "conversation", title: "Conversation",
            description: "How a conversation stands: answer, plan, what waits for a decision, checks, changes",
            mimeType: "application/json"),
        ResourceTemplate(
            uriTemplate: "skyflo://approvals/{namespace}/{name}", name: "approvals", title: "Pending approvals",
            description: "What waits for a decision in a conversation, with exact requests and diffs",
            mimeType: "text/plain"),
    ]

    /// Conversations of the connection's namespace. The cursor is the API server's own.
    func page(after cursor: String?) async throws -> (resources: [ServedResource], next: String?) {
        do {
            let list = try await api.list(
                .conversations, namespace: namespace,
                options: ListOptions(limit: Self.pageSize, continueToken: cursor))
            let resources = list.items.map(Conversation.init).map { conversation in
                ServedResource(
                    uri: "skyflo://conversations/\(conversation.namespace)/\(conversation.object.name)",
                    name: conversation.object.name, title: conversation.status.title,
                    description: conversation.status.phase?.rawValue, mimeType: "application/json")
            }
            return (resources, list.continueToken)
        } catch let status as APIStatus where cursor != nil && (status.isExpired || status.code == 400) {
            throw MCPServer.unknownCursor
        }
    }

    func read(_ uri: String) async throws -> [ResourceContents] {
        guard let place = Self.place(uri) else { throw Self.notFound(uri) }
        let conversation: Conversation
        do {
            conversation = try await ConversationClient(api: api, namespace: place.namespace).get(place.name)
        } catch let status as APIStatus where status.isNotFound {
            throw Self.notFound(uri)
        }
        guard place.kind == "approvals" else {
            let json = ConversationView(conversation).json
            return [ResourceContents(uri: uri, mimeType: "application/json", text: JSONWriter.string(json))]
        }
        let texts = conversation.pendingApprovals.map { ApprovalView(entry: $0).text }
        return [
            ResourceContents(
                uri: uri, mimeType: "text/plain",
                text: texts.isEmpty ? "Nothing waits for a decision." : texts.joined(separator: "\n\n"))
        ]
    }

    private static func notFound(_ uri: String) -> RPCError {
        RPCError(.invalidParams, "there is no such resource", data: ["uri": .string(uri)])
    }

    /// Names that could leave their place in a path are none.
    private static func place(_ uri: String) -> (kind: String, namespace: String, name: String)? {
        guard uri.hasPrefix("skyflo://") else { return nil }
        let parts = uri.dropFirst(9).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let isName = { (text: String) in
            !text.isEmpty && text.utf8.count <= 253
                && text.utf8.allSatisfy {
                    $0 == 0x2D || $0 == 0x2E || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0)
                }
                && text.utf8.contains { $0 != 0x2E }
        }
        guard parts.count == 3, kinds.contains(parts[0]), isName(parts[1]), isName(parts[2]) else { return nil }
        return (parts[0], parts[1], parts[2])
    }
}
