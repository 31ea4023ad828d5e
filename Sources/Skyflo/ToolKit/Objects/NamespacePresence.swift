import KubeClient
import KubeModel
import Writes

/// Whether a namespace exists, as far as the identity may see.
package enum NamespacePresence: Sendable, Hashable {
    case exists
    case isBeingDeleted
    /// - Parameter others: names of namespaces, where they may be listed.
    case missing(others: [String])
    /// - Parameter why: it couldn't be read.
    case unknown(why: String)
}

extension ToolContext {
    /// - Throws: `CancellationError`. Whatever else goes wrong makes it unknown.
    package func presence(ofNamespace name: String) async throws -> NamespacePresence {
        // The conversation itself is there.
        if name == namespace { return .exists }
        do {
            let object = try await api.get(.namespaces, name: name)
            return object.isBeingDeleted ? .isBeingDeleted : .exists
        } catch let status as APIStatus where status.isNotFound {
            let others = try await api.readable {
                try await api.list(.namespaces, options: ListOptions(limit: 500)).items.map(\.name)
            }
            return .missing(others: (try? others.get()) ?? [])
        } catch {
            return .unknown(why: try Unreadable(error).reason)
        }
    }
}
