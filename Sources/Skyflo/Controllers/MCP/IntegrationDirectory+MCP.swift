import Concurrency
import ControllerRuntime
import Integrations
import KubeModel
import MCP
import MCPTools
import SkyfloAPI
import ToolKit
import Writes

extension IntegrationDirectory {
    var mcpServers: [MCPServerDescription] {
        (current?.mcpServers ?? []).filter(\.isEnabled).map {
            MCPServerDescription(
                name: $0.name, purpose: $0.purpose, isReadOnly: $0.isReadOnly, reads: Set($0.reads))
        }
    }

    private func mcpServer(_ name: String) throws(MCPClientError) -> (SkyfloAI, MCPServerSettings) {
        guard let skyflo = current, let found = skyflo.mcpServers.first(where: { $0.name == name && $0.isEnabled })
        else {
            throw MCPClientError(.notSent, "it is not configured any more, or disabled")
        }
        return (skyflo, found)
    }

    func mcpTools(of name: String, isNew: Bool) async throws -> [AcceptedMCPTool] {
        let (skyflo, settings) = try mcpServer(name)
        let status = skyflo.status.mcpServers.first { $0.name == name && $0.url == settings.url }
        let accepted = Dictionary((status?.tools ?? []).map { ($0.name, $0.digest) }) { first, _ in first }
        // Nothing is accepted yet: then there is nothing to ask for.
        guard !accepted.isEmpty else { return [] }
        return try await mcpList(of: settings, in: skyflo, isNew: isNew).tools.map { AcceptedMCPTool($0) }.filter {
            accepted[$0.definition.name] == $0.digest
        }
    }

    func mcpClient(to name: String) async throws -> MCPClient {
        let (skyflo, settings) = try mcpServer(name)
        return mcpClient(to: settings, of: skyflo)
    }

    func mcpList(of settings: MCPServerSettings, in skyflo: SkyfloAI, isNew: Bool) async throws -> MCPToolList {
        try await mcpCache.list(
            of: settings, of: skyflo, isNew: isNew, clock: clock,
            asking: mcpClient(to: settings, of: skyflo, within: MCPServerCache.longestList))
    }

    func mcpPeer(of settings: MCPServerSettings, in skyflo: SkyfloAI) -> MCPPeer? {
        mcpCache.memory(of: settings, of: skyflo, at: clock.uptime).known
    }

    private func mcpClient(
        to settings: MCPServerSettings, of skyflo: SkyfloAI, within limit: Duration? = nil
    ) -> MCPClient {
        let own = Duration.seconds(settings.timeoutSeconds)
        return MCPClient(
            RenewingMCPTransport(
                settings: settings, skyflo: skyflo, directory: self, timeout: limit.map { min($0, own) } ?? own),
            memory: mcpCache.memory(of: settings, of: skyflo, at: clock.uptime),
            version: SkyfloGroup.version)
    }

    /// The tools of all servers that can be offered now, and the names of servers that give none although some are accepted.
    /// A server that is out of reach keeps no turn from going on without it.
    /// - Throws: `CancellationError`.
    func mcpToolsets() async throws -> (tools: [any Tool], groups: [ToolGroup], absent: [String]) {
        var found: (tools: [any Tool], groups: [ToolGroup], absent: [String]) = ([], [], [])
        let servers = mcpServers
        guard !servers.isEmpty else { return found }
        let lists = try await servers.concurrentMap(atOnce: 8) { server -> [AcceptedMCPTool] in
            do {
                return try await mcpTools(of: server.name, isNew: false)
            } catch let error as CancellationError {
                throw error
            } catch {
                return []
            }
        }
        for (server, accepted) in zip(servers, lists) {
            let (tools, groups) = MCPToolset.tools(of: server, accepted, redactor: redactor)
            found.tools += tools
            found.groups += groups
            if tools.isEmpty { found.absent.append(server.name) }
        }
        return found
    }
}

/// Sends with the credential as it is remembered, and once more where that is refused and has been changed: who isn't known has
/// done nothing, so that this is no second time.
private struct RenewingMCPTransport: MCPTransport {
    let settings: MCPServerSettings
    let skyflo: SkyfloAI
    let directory: IntegrationDirectory
    let timeout: Duration

    func post(_ post: MCPPost, progress: MCPProgressHandler?) async throws -> MCPReply {
        let known = try await access(isNew: false)
        let reply = try await transport(known).post(post, progress: progress)
        guard reply.status == 401 else { return reply }
        let new = try await access(isNew: true)
        return new == known ? reply : try await transport(new).post(post, progress: progress)
    }

    func notify(_ post: MCPPost) {
        // What was posted before has left its credential there.
        guard let known = directory.mcpCache.known(to: settings, of: skyflo) else { return }
        (try? transport(known))?.notify(post)
    }

    private func access(isNew: Bool) async throws -> MCPAccess {
        do {
            return try await directory.mcpCache.access(
                to: settings, of: skyflo, isNew: isNew, api: directory.api, clock: directory.clock,
                requestingToken: token)
        } catch let error as IntegrationError {
            throw MCPClientError(.notSent, error.message)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw MCPClientError(.notSent, ToolFailure(describing: error).message)
        }
    }

    private func token(
        by grant: ClientCredentialsGrant, _ access: MCPAccess
    ) async throws -> ClientCredentialsGrant.Token {
        let transport = try HTTPIntegrationTransport(
            IntegrationOrigin(settings.oauth?.tokenURL ?? ""), credential: nil, certificates: access.certificates,
            timeout: min(timeout, Self.longestTokenRequest), proxies: directory.proxies)
        return try await grant.token(from: transport)
    }

    private static let longestTokenRequest = Duration.seconds(10)

    private func transport(_ access: MCPAccess) throws(MCPClientError) -> HTTPMCPTransport {
        do {
            return HTTPMCPTransport(
                try HTTPIntegrationTransport(
                    IntegrationOrigin(settings.url), credential: nil, headers: access.headers,
                    certificates: access.certificates, timeout: timeout, proxies: directory.proxies),
                hiding: access.secrets)
        } catch {
            throw MCPClientError(.notSent, error.message)
        }
    }
}
