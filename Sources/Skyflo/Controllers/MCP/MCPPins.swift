import MCP
import MCPTools
import SkyfloAPI
import Writes

/// Which of a server's tools are accepted as they are, and which wait for somebody to accept them. What a server says of its
/// tools leads models and people, so it may not change unseen.
struct MCPPins: Sendable, Hashable {
    /// Of all tools that the server has now.
    var digest: String
    var accepted: [MCPServerStatus.Tool]
    var waiting: [MCPServerStatus.Waiting]

    /// - Parameters:
    ///   - tools: those that the server has now, and that can be used.
    ///   - before: what the status says; nil where the server hasn't been seen at this address.
    ///   - redactor: anybody who reads the status reads what the server says.
    init(_ tools: [MCPToolDefinition], settings: MCPServerSettings, before: MCPServerStatus?, redactor: Redactor) {
        let whole = MCPToolDefinition.digest(of: tools)
        digest = whole
        let pinned = Dictionary((before?.tools ?? []).map { ($0.name, $0) }) { first, _ in first }
        // Who names no digest trusts what is seen first, and that only.
        let acceptsAll = settings.acceptedDigest.map { $0 == whole } ?? (before?.digest == nil)
        var accepted: [MCPServerStatus.Tool] = []
        var waiting: [MCPServerStatus.Waiting] = []
        for tool in tools {
            let now = tool.digest
            if acceptsAll || pinned[tool.name]?.digest == now {
                accepted.append(.init(tool.name, digest: now, settings))
                continue
            }
            if let kept = pinned[tool.name] { accepted.append(.init(kept.name, digest: kept.digest, settings)) }
            var new = MCPServerStatus.Waiting()
            new.name = tool.name
            new.change = pinned[tool.name] == nil ? .added : .changed
            new.digest = now
            new.description = OutputLimit.shorten(
                MCPToolset.line(redactor.redact(text: tool.toolDescription)), to: 256)
            waiting.append(new)
        }
        // One that is gone may come back; then it has to be what it was.
        let names = Set(tools.map(\.name))
        let gone = (before?.tools ?? []).filter { !names.contains($0.name) && !acceptsAll }
        accepted += gone.prefix(max(0, MCPToolList.mostTools - accepted.count)).map {
            .init($0.name, digest: $0.digest, settings)
        }
        self.accepted = accepted
        self.waiting = waiting
    }
}

extension MCPServerStatus.Tool {
    fileprivate init(_ name: String, digest: String, _ settings: MCPServerSettings) {
        self.init()
        self.name = name
        self.digest = digest
        isRead = settings.reads.contains(name)
    }
}
