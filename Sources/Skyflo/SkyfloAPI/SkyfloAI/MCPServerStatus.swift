import KubeModel

/// How a server of the Model Context Protocol was found, and which of its tools are offered: an entry of `status.mcpServers`.
package struct MCPServerStatus: Sendable, Hashable {
    /// A tool whose description and schema are accepted.
    package struct Tool: Sendable, Hashable {
        package var name = ""
        /// Of what was accepted.
        package var digest = ""
        /// Whether calls of it are reads.
        package var isRead = false

        package init() {}
    }

    /// A tool that isn't offered before somebody accepts it as it is now.
    package struct Waiting: Sendable, Hashable {
        package var name = ""
        package var change = Change.added
        package var digest = ""
        /// The beginning of what the server says of it. Somebody else's text.
        package var description = ""

        package init() {}
    }

    package enum Change: String, Sendable, JSONCodable { case added = "Added", changed = "Changed" }

    package var name = ""
    /// Where the tools were accepted.
    package var url = ""
    package var isReached = false
    /// Of the protocol.
    package var revision: String?
    /// `weather 1.2`, by its own word.
    package var server: String?
    /// Of all tools as the server has them now: what `spec.mcpServers[].acceptedDigest` accepts.
    package var digest: String?
    package var tools: [Tool] = []
    package var waiting: [Waiting] = []
    /// Since when it is as it is.
    package var since: KubeTime?
    /// Why it isn't reached, or what else is to be known.
    package var message = ""

    package init() {}
}

extension MCPServerStatus: JSONRecord {
    package mutating func code(_ members: inout JSONMembers) {
        members.code(&name, as: "name")
        members.code(&url, as: "url")
        members.code(&isReached, as: "reached")
        members.code(&revision, as: "revision")
        members.code(&server, as: "server")
        members.code(&digest, as: "digest")
        members.code(&tools, as: "tools", ifEmpty: .omitted)
        members.code(&waiting, as: "waiting", ifEmpty: .omitted)
        members.code(&since, as: "since")
        members.code(&message, as: "message")
    }
}

extension MCPServerStatus.Tool: JSONRecord {
    package mutating func code(_ members: inout JSONMembers) {
        members.code(&name, as: "name")
        members.code(&digest, as: "digest")
        members.code(&isRead, as: "read", omitting: false)
    }
}

extension MCPServerStatus.Waiting: JSONRecord {
    package mutating func code(_ members: inout JSONMembers) {
        members.code(&name, as: "name")
        members.code(&change, as: "change")
        members.code(&digest, as: "digest")
        members.code(&description, as: "description")
    }
}
