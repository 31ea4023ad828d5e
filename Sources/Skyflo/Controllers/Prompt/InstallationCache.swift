import ArgoTools
import ControllerRuntime
import GitTools
import JenkinsTools
import KubeClient
import KubeModel
import PrometheusTools
import Synchronization
import ToolKit

/// What the cluster is and lacks, as the system prompt tells it, as it was found a while ago: it rarely changes, and a prompt
/// that stays the same is a cached prompt.
final class InstallationCache: Sendable {
    private static let lifetime = Duration.seconds(600)

    private let found = Mutex<(version: String?, at: Duration)?>(nil)

    /// - Parameters:
    ///   - groups: API groups that the cluster serves; nil where it doesn't say.
    ///   - useless: toolsets that have nothing to work on here.
    ///   - off: toolsets that the SkyfloAI doesn't allow.
    ///   - absent: MCP servers of which no tool can be offered now.
    func installation(
        serving groups: Set<String>?, useless: Set<String>, off: Set<String>, absent: [String] = [],
        api: any KubeAPI, clock: any RuntimeClock
    ) async throws -> SystemPrompt.Installation {
        var lacks: [String] = []
        if let groups {
            if !groups.contains("metrics.k8s.io") { lacks.append("metrics (metrics.k8s.io)") }
            if useless.contains(ArgoToolset.toolset) { lacks.append("Argo CD, Argo Rollouts, Flux") }
        }
        if useless.contains(JenkinsToolset.toolset) { lacks.append("Jenkins") }
        if useless.contains(GitToolset.toolset) { lacks.append("GitHub, GitLab") }
        if useless.contains(PrometheusToolset.toolset) { lacks.append("Prometheus") }
        lacks += off.filter { !$0.isEmpty }.sorted().map { "the toolset \($0), which is turned off" }
        lacks += absent.map { "the tools of the MCP server \($0), which can't be used now" }
        return SystemPrompt.Installation(version: try await version(api: api, clock: clock), lacks: lacks)
    }

    /// nil where the server doesn't tell; the model does without.
    private func version(api: any KubeAPI, clock: any RuntimeClock) async throws -> String? {
        let now = clock.uptime
        if let known = found.withLock(\.self), now - known.at < Self.lifetime { return known.version }
        let version: String?
        do {
            version = try await api.call(KubeRequest(.get, path: "/version"))["gitVersion"]?.string
        } catch let error as CancellationError {
            throw error
        } catch {
            version = nil
        }
        found.withLock { $0 = (version, now) }
        return version
    }
}
