import KubeModel
import SkyfloAPI

/// What whoever looks after a SkyfloAI should hear of: tools of MCP servers that wait for somebody to accept them.
enum MCPNews {
    /// An Event has room for so many names.
    private static let mostNames = 8

    /// - Parameter before: what the status said at the last look.
    /// - Returns: a sentence for each server with tools that did not wait then as they are now.
    static func of(_ servers: [MCPServerStatus], since before: [MCPServerStatus]) -> [String] {
        servers.compactMap { server in
            let old = before.first { $0.name == server.name && $0.url == server.url }
            let known = Set((old?.waiting ?? []).map { [$0.name, $0.digest] })
            let new = server.waiting.filter { !known.contains([$0.name, $0.digest]) }
            guard !new.isEmpty else { return nil }
            let names = new.prefix(mostNames).map {
                "\($0.name) (\($0.change == .added ? "new" : "described otherwise"))"
            }
            let more = new.count > mostNames ? [", and \(new.count - mostNames) more"] : []
            return
                "MCP server \(server.name): \(new.count.counted(as: "tool")) not offered until somebody accepts what "
                + "status.mcpServers shows: \(names.joined(separator: ", "))\(more.joined())"
        }
    }
}
