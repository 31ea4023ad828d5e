import Concurrency
import ControllerRuntime
import Integrations
import KubeClient
import KubeModel
import SkyfloAPI
import Writes

/// Looks whether the integrations of a SkyfloAI can be reached, as whom, and which version answers.
final class IntegrationProbe: Sendable {
    private static let longest = Duration.seconds(10)

    private let memory = ProbeMemory<IntegrationStatus>()

    /// - Returns: one for each integration of the spec, in its order.
    /// - Throws: `CancellationError`.
    func look(
        _ skyflo: SkyfloAI, _ directory: IntegrationDirectory
    ) async throws -> [IntegrationStatus] {
        guard !skyflo.integrations.isEmpty else { return [] }
        return try await memory.statuses(of: skyflo.object, at: directory.clock.uptime) {
            try await statuses(skyflo, by: directory)
        }
    }

    private func statuses(
        _ skyflo: SkyfloAI, by directory: IntegrationDirectory
    ) async throws -> [IntegrationStatus] {
        let before = Dictionary(
            skyflo.status.integrations.map { ([$0.kind, $0.name], $0) }, uniquingKeysWith: { first, _ in first })
        return try await skyflo.integrations.concurrentMap(atOnce: 8) { settings in
            var status = try await Self.status(settings, of: skyflo, by: directory)
            let old = before[[settings.kind.title, settings.name]]
            let isSame =
                old?.isReached == status.isReached && old?.user == status.user && old?.version == status.version
            status.since = isSame ? old?.since ?? directory.clock.now : directory.clock.now
            return status
        }
    }

    private static func status(
        _ settings: IntegrationSettings, of skyflo: SkyfloAI, by directory: IntegrationDirectory
    ) async throws -> IntegrationStatus {
        var status = IntegrationStatus(
            kind: settings.kind.title, name: settings.name, isReached: false, message: "disabled")
        guard settings.isEnabled else { return status }
        do {
            let transport = ProbeTransport(settings: settings, skyflo: skyflo, directory: directory, timeout: longest)
            let identity = try await settings.kind.identity(ReadingTransport(transport), name: settings.name)
            status.isReached = identity.problem == nil
            status.message = identity.problem ?? ""
            status.user = identity.user.map { OutputLimit.shorten($0, to: 128) }
            status.version = identity.version.map { OutputLimit.shorten($0, to: 32) }
        } catch let error as CancellationError {
            throw error
        } catch {
            status.message = OutputLimit.shorten(ToolFailure(describing: error).message, to: 512)
        }
        return status
    }
}

/// With the credential as it is now, and within a time that a reconciler may take.
private struct ProbeTransport: IntegrationTransport {
    let settings: IntegrationSettings
    let skyflo: SkyfloAI
    let directory: IntegrationDirectory
    let timeout: Duration

    func send(_ request: IntegrationRequest) async throws -> IntegrationResponse {
        let access = try await directory.access(to: settings, of: skyflo, isNew: true)
        return try await directory.send(request, settings: settings, access: access, timeout: timeout)
    }
}
