import ConversationAccess
import KubeClient
import KubeModel
import SkyfloAPI

/// Lists conversations as kubectl lists objects.
package struct ListAction: Sendable {
    package enum Format: Sendable, Hashable { case table, wide, name, data(DataFormat) }

    package var isForAllNamespaces: Bool
    package var selector: LabelSelector?
    /// Only those that wait for a decision.
    package var pendingOnly: Bool
    package var format: Format
    package var hasHeaders: Bool

    package init(
        isForAllNamespaces: Bool = false, selector: LabelSelector? = nil, pendingOnly: Bool = false,
        format: Format = .table, hasHeaders: Bool = true
    ) {
        self.isForAllNamespaces = isForAllNamespaces
        self.selector = selector
        self.pendingOnly = pendingOnly
        self.format = format
        self.hasHeaders = hasHeaders
    }

    package func perform(in session: Session) async throws -> ExitStatus {
        let namespace = isForAllNamespaces ? nil : session.namespace
        let list = try await session.api.listAll(
            .conversations, namespace: namespace, options: ListOptions(labelSelector: selector))
        let found = list.items.map(Conversation.init).filter { !pendingOnly || !$0.pendingApprovals.isEmpty }
        switch format {
        case .name: for item in found { session.print(item.object, as: .name) }
        case .data(let format):
            session.terminal.print(
                ["apiVersion": "v1", "kind": "List", "metadata": [:], "items": .array(found.map(\.object.json))],
                as: format)
        case .table, .wide: printTable(found, session: session)
        }
        return .success
    }

    private func printTable(_ found: [Conversation], session: Session) {
        guard !found.isEmpty else {
            session.terminal.say(
                isForAllNamespaces
                    ? "No conversations found." : "No conversations found in \(session.namespace) namespace.".styled)
            return
        }
        var table = ConversationTable(hasNamespace: isForAllNamespaces, isWide: format == .wide)
        table.hasHeaders = hasHeaders
        for line in table.lines(found, now: session.now()) { session.terminal.print(line.styled) }
    }
}
