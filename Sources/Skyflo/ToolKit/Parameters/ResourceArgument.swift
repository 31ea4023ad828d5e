import Writes

/// What the resource type of a read names, in the forms that `kubectl get` takes: `pods`, `deploy,svc`, `deploy/web`,
/// `deploy/web,svc/web`.
package struct ResourceArgument: Sendable, Hashable {
    package struct Item: Sendable, Hashable {
        package var type: String
        /// nil for all objects of the type.
        package var name: String?

        package init(type: String, name: String?) {
            self.type = type
            self.name = name
        }
    }

    /// More in one call would leave each hardly a line of the answer.
    package static let maximumItems = 20

    package private(set) var items: [Item] = []

    /// - Throws: ``ToolFailure`` where it isn't clear what is meant.
    package init(parsing text: String) throws(ToolFailure) {
        for token in text.split(separator: ",") {
            let words = token.split(whereSeparator: \.isWhitespace).map(String.init)
            guard words.count < 2 || words.allSatisfy({ $0.contains("/") }) else { throw Self.ambiguous(words) }
            for word in words {
                let item = try Self.item(word)
                if !items.contains(item) { items.append(item) }
            }
        }
        if items.isEmpty { throw ToolFailure("\"\(ToolParameters.excerpt(text))\" is not a resource type") }
        if items.count > Self.maximumItems {
            throw ToolFailure("more than \(Self.maximumItems) resource types in one call")
        }
    }

    private static func item(_ word: String) throws(ToolFailure) -> Item {
        let parts = word.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let excerpt = ToolParameters.excerpt(word)
        guard parts.count <= 2, Names.isResourceType(parts[0]) else {
            throw ToolFailure(
                "\"\(excerpt)\" is not a resource type; "
                    + "give a type (pods, deployments.apps, deployments.v1.apps) or type/name"
            )
        }
        guard parts.count == 2 else { return Item(type: parts[0], name: nil) }
        guard Names.isPathSafe(parts[1]) else {
            throw ToolFailure(
                "\"\(ToolParameters.excerpt(parts[1]))\" in \"\(excerpt)\" is not a valid name of a Kubernetes object")
        }
        // `pods/log` is how RBAC names a subresource: an object of that name is hardly meant.
        if subresources.contains(parts[1]) {
            throw ToolFailure(
                "\"\(excerpt)\" is a subresource, not a resource type; an object of that name is asked for with name")
        }
        return Item(type: parts[0], name: parts[1])
    }

    private static let subresources: Set<String> = [
        "approval", "attach", "binding", "ephemeralcontainers", "eviction", "exec", "finalize", "log", "portforward",
        "proxy",
        "resize", "scale", "status", "token",
    ]

    /// `pods web-1`: kubectl takes the second word for a name, and a model may have meant a second type.
    private static func ambiguous(_ words: [String]) -> ToolFailure {
        let type = ToolParameters.excerpt(words[0])
        let other = ToolParameters.excerpt(words[1])
        return ToolFailure(
            "\"\(type) \(other)\" is ambiguous: write \(type)/\(other) for an object's name, \(type),\(other) for two types"
        )
    }
}
