import KubeClient

/// Requests of one sort that a tool may send or propose, in the terms of RBAC.
package struct ToolRequest: Sendable, Hashable {
    package var verbs: [String]
    /// `pods`, `pods/exec`, `deployments.apps/scale`; `*` for objects of any kind, `*/scale` for a subresource of any.
    package var resources: [String]
    /// Whether they are only tried: the server asks for the same rights, and changes nothing.
    package var isDryRun: Bool

    package init(_ verbs: [String], of resources: [String], isDryRun: Bool = false) {
        self.verbs = verbs
        self.resources = resources
        self.isDryRun = isDryRun
    }

    package static func read(_ resources: String...) -> ToolRequest { ToolRequest(["get", "list"], of: resources) }
    package static func create(_ resources: String...) -> ToolRequest { ToolRequest(["create"], of: resources) }
    package static func patch(_ resources: String...) -> ToolRequest { ToolRequest(["patch"], of: resources) }
    package static func delete(_ resources: String...) -> ToolRequest { ToolRequest(["delete"], of: resources) }

    /// The right to have an integration asked. Which requests that takes is told by ``Tool/routes``.
    package static let askIntegration = ToolRequest(["get"], of: ["integrations.skyflo.ai"])
    /// The right to have something changed in an integration.
    package static let changeIntegration = ToolRequest(["update"], of: ["integrations.skyflo.ai"])

    /// The right to have a chart repository asked that takes a credential.
    package static let askHelmRepository = ToolRequest(["get"], of: ["helmrepositories.skyflo.ai"])

    /// Whether nothing is changed by it. Reviews are created, and answered without being stored; what a proxy hands on isn't
    /// known to RBAC.
    package var isRead: Bool {
        isDryRun || verbs.allSatisfy { ["get", "list", "watch"].contains($0) }
            || verbs == ["create"]
                && resources.allSatisfy {
                    $0.hasSuffix(".authorization.k8s.io") || $0.hasSuffix(".authentication.k8s.io")
                }
    }

    package func allows(_ access: ResourceAccess) -> Bool {
        verbs.contains(access.verb) && resources.contains { Self.covers($0, access) }
    }

    private static func covers(_ pattern: String, _ access: ResourceAccess) -> Bool {
        let parts = pattern.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.dropFirst().first == access.subresource else { return false }
        let name = access.group.isEmpty ? access.resource : "\(access.resource).\(access.group)"
        return parts[0] == "*" || parts[0] == name
    }
}

extension [ToolRequest] {
    package func allow(_ access: ResourceAccess) -> Bool { contains { $0.allows(access) } }
}
