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

/// Sentences about what isn't there, or wasn't seen.
enum Absence {
    /// nil where the namespace exists: then there is nothing to say about it.
    static func sentence(_ presence: NamespacePresence, _ namespace: String) -> String? {
        switch presence {
        case .exists: nil
        case .isBeingDeleted: "namespace \(namespace) is being deleted"
        case .missing(let others):
            ["namespace \(namespace) doesn't exist", near(namespace, others), Names.allNamespacesHint(namespace)]
                .compactMap { $0 }.joined(separator: "; ")
        case .unknown(let why):
            [
                "namespace \(namespace) may not exist, which can't be told here: \(why)",
                Names.allNamespacesHint(namespace),
            ]
            .compactMap { $0 }.joined(separator: "; ")
        }
    }

    private static let shown = 10

    /// All names where they are few, else those that share their beginning with `name`, or hold it.
    private static func near(_ name: String, _ others: [String]) -> String? {
        if others.isEmpty { return nil }
        if others.count <= shown { return "the namespaces are \(others.joined(separator: ", "))" }
        let beginning = name.prefix(3)
        let alike = others.filter { $0.hasPrefix(beginning) || $0.contains(name) || name.contains($0) }.prefix(shown)
        return alike.isEmpty ? nil : "similar names are \(alike.joined(separator: ", "))"
    }

    /// Resources that hold the same objects as the built-in ones, or figures about them: nobody looks for them by that name.
    private static let doubles: Set<String> = ["events.k8s.io", "extensions", "metrics.k8s.io"]

    /// Those of the others that have objects of their own to list.
    static func others(_ match: ResourceMatch) -> [APIResource] {
        match.others.filter { other in
            !doubles.contains(other.group) && !(other.group.isEmpty && doubles.contains(match.resource.group))
                && (other.verbs.isEmpty || other.verbs.contains("list"))
        }
    }
}
