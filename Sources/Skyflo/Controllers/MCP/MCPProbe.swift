import Concurrency
import ControllerRuntime
import KubeModel
import MCP
import MCPTools
import SkyfloAPI
import Writes

/// Looks which tools the MCP servers of a SkyfloAI have, and which of them are accepted.
struct MCPProbe: Sendable {
    private let directory: IntegrationDirectory
    /// The status is read by many, and a server may say anything.
    private var redactor: Redactor { directory.redactor }

    init(_ directory: IntegrationDirectory) { self.directory = directory }

    /// - Returns: one for each server of the spec, in its order.
    /// - Throws: `CancellationError`.
    func look(_ skyflo: SkyfloAI) async throws -> [MCPServerStatus] {
        guard !skyflo.mcpServers.isEmpty else { return [] }
        let before = skyflo.status.mcpServers
        return try await skyflo.mcpServers.concurrentMap(atOnce: 8) { settings in
            let known = before.first { $0.name == settings.name && $0.url == settings.url }
            var status = try await look(at: settings, of: skyflo, before: known)
            var (old, new) = (known, status)
            old?.since = nil
            new.since = nil
            status.since = old == new ? known?.since ?? directory.clock.now : directory.clock.now
            return status
        }
    }

    private func look(
        at settings: MCPServerSettings, of skyflo: SkyfloAI, before: MCPServerStatus?
    ) async throws -> MCPServerStatus {
        // What was accepted stays so while the server is out of reach.
        var status = before ?? MCPServerStatus()
        (status.name, status.url, status.isReached) = (settings.name, settings.url, false)
        guard settings.isEnabled else {
            status.message = "disabled"
            return status
        }
        let list: MCPToolList
        do {
            list = try await directory.mcpList(of: settings, in: skyflo, isNew: false)
        } catch let error as MCPClientError {
            status.message = OutputLimit.shorten(redactor.redact(text: error.message), to: 512)
            return status
        }
        var problems = list.problems
        let usable = list.tools.filter { tool in
            guard let problem = MCPToolset.problem(with: tool) else { return true }
            problems.append("\(tool.name): \(problem)")
            return false
        }
        let pins = MCPPins(usable, settings: settings, before: before, redactor: redactor)
        status.isReached = true
        (status.digest, status.tools, status.waiting) = (pins.digest, pins.accepted, pins.waiting)
        if let peer = directory.mcpPeer(of: settings, in: skyflo) {
            status.revision = peer.revision.rawValue
            status.server = name(of: peer)
        }
        status.message = OutputLimit.shorten(message(pins, problems: problems, settings), to: 1024)
        return status
    }

    private func name(of peer: MCPPeer) -> String? {
        peer.name.map { name in
            // Nobody has limited it before.
            let text = OutputLimit.shorten("\(name) \(peer.version ?? "")", to: 1024)
            return MCPToolset.line(OutputLimit.shorten(redactor.redact(text: text), to: 96))
        }
    }

    private func message(_ pins: MCPPins, problems: [String], _ settings: MCPServerSettings) -> String {
        var lines: [String] = []
        if !pins.waiting.isEmpty {
            lines.append(
                "\(pins.waiting.count.counted(as: "tool")) not offered: new, or not described as when they were accepted. To "
                    + "accept them, set acceptedDigest of the server to \(pins.digest)")
        }
        let names = Set(pins.accepted.map(\.name) + pins.waiting.map(\.name))
        let unknown = settings.reads.filter { !names.contains($0) }
        if !unknown.isEmpty { lines.append("reads names no tool of it: \(unknown.joined(separator: ", "))") }
        lines += problems.map { "left out: \(MCPToolset.line(redactor.redact(text: $0)))" }
        return lines.joined(separator: "\n")
    }
}
