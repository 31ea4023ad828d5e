import Concurrency
import ControllerRuntime
import Integrations
import KubeClient
import KubeModel
import SkyfloAPI
import Synchronization
import Writes

/// Looks whether the integrations of a SkyfloAI can be reached, as whom, and which version answers.
final class IntegrationProbe: Sendable {
    /// How often one is asked: people wait for a corrected setting, not for a system that is down.
    private static let interval = Duration.seconds(55)
    private static let longest = Duration.seconds(10)

    private struct Seen {
        var statuses: [IntegrationStatus]
        var at: Duration
        var uid: String
        var generation: Int
    }

    private let seen = Mutex<[ObjectKey: Seen]>([:])

    /// - Returns: one for each integration of the spec, in its order.
    /// - Throws: `CancellationError`.
    func look(
        _ skyflo: SkyfloAI, _ directory: IntegrationDirectory
    ) async throws -> [IntegrationStatus] {
        guard !skyflo.integrations.jenkins.isEmpty else { return [] }
        let (object, now) = (skyflo.object, directory.clock.uptime)
        if let known = seen.withLock({ $0[object.key] }), known.uid == object.uid,
            known.generation == object.generation, now - known.at < Self.interval
        {
            return known.statuses
        }
        let before = Dictionary(
            skyflo.status.integrations.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let found = try await skyflo.integrations.jenkins.concurrentMap(atOnce: 4) { settings in
            var status = try await Self.status(settings, skyflo, directory)
            let old = before[settings.name]
            let isSame =
                old?.isReached == status.isReached && old?.user == status.user && old?.version == status.version
            status.since = isSame ? old?.since ?? directory.clock.now : directory.clock.now
            return status
        }
        let statuses = found
        seen.withLock { seen in
            seen[object.key] = Seen(statuses: statuses, at: now, uid: object.uid, generation: object.generation)
        }
        return statuses
    }

    private static func status(
        _ settings: JenkinsSettings, _ skyflo: SkyfloAI, _ directory: IntegrationDirectory
    ) async throws -> IntegrationStatus {
        guard settings.isEnabled else {
            return IntegrationStatus(kind: "Jenkins", name: settings.name, isReached: false, message: "disabled")
        }
        do {
            let transport = ProbeTransport(settings: settings, skyflo: skyflo, directory: directory, timeout: longest)
            let identity = try await JenkinsClient(transport, name: settings.name).identity()
            let isAnonymous = identity.user == "anonymous"
            var status = IntegrationStatus(
                kind: "Jenkins", name: settings.name, isReached: !isAnonymous,
                message: isAnonymous ? "Jenkins does not know the integration's user" : "")
            (status.user, status.version) = (identity.user, identity.version.isEmpty ? nil : identity.version)
            return status
        } catch let error as CancellationError {
            throw error
        } catch {
            let message = OutputLimit.shorten(ToolFailure(describing: error).message, to: 512)
            return IntegrationStatus(kind: "Jenkins", name: settings.name, isReached: false, message: message)
        }
    }
}

/// With the credential as it is now, and within a time that a reconciler may take.
private struct ProbeTransport: IntegrationTransport {
    let settings: JenkinsSettings
    let skyflo: SkyfloAI
    let directory: IntegrationDirectory
    let timeout: Duration

    func send(_ request: IntegrationRequest) async throws -> IntegrationResponse {
        let access = try await directory.access(to: settings, of: skyflo, isNew: true)
        return try await directory.send(request, settings: settings, access: access, timeout: timeout)
    }
}
