import KubeClient
import KubeModel

/// Whether a namespace exists, as far as the identity may see.
enum NamespacePresence: Sendable, Hashable {
    case exists
    case isBeingDeleted
    /// - Parameter others: names of namespaces, where they may be listed.
    case missing(others: [String])
    /// - Parameter why: it couldn't be read.
    case unknown(why: String)
}

extension ToolContext {
    /// - Throws: `CancellationError`. Whatever else goes wrong makes it unknown.
    func presence(ofNamespace name: String) async throws -> NamespacePresence {
        // The conversation itself is there.
        if name == namespace { return .exists }
        do {
            let object = try await api.get(.namespaces, name: name)
            return object.isBeingDeleted ? .isBeingDeleted : .exists
        } catch let status as APIStatus where status.isNotFound {
            let others = try await readable {
                try await api.list(.namespaces, ListOptions(limit: 500)).items.map(\.name)
            }
            return .missing(others: (try? others.get()) ?? [])
        } catch {
            return .unknown(why: try Unreadable(error).reason)
        }
    }

    /// The result of a read that is good to have, or why there is none.
    func readable<Value: Sendable>(
        _ read: () async throws -> Value
    ) async throws -> Result<Value, Unreadable> {
        do {
            return .success(try await read())
        } catch {
            return .failure(try Unreadable(error))
        }
    }
}

/// Why something couldn't be read: not that there is nothing.
struct Unreadable: Error, Sendable, Hashable {
    /// `missing permission to list pods in namespace shop`
    var reason: String

    /// - Throws: `CancellationError` where it is one.
    init(_ error: any Error) throws {
        switch error {
        case let cancellation as CancellationError: throw cancellation
        case let denied as PermissionDenied: reason = "missing permission to \(denied.permission)"
        default: reason = ToolFailure(describing: error).message
        }
    }
}
