import ControllerRuntime
import Installation
import KubeClient
import KubeModel
import SkyfloAPI

/// The operator itself. Of its own Deployment it sets the replicas and nothing else, as a field manager of its own, and
/// takes them from nobody: whoever installed the operator, such as Argo CD, would set them back, and so on. A container that
/// the operator gave itself, with too little memory, could no longer be corrected by it.
extension ComponentPass {
    static let scaleManager = "skyflo-operator-scale"
    private static let refused = "ApplyRefused"

    var mayScaleEngine: Bool {
        namespace == dependencies.systemNamespace && key == dependencies.defaultSkyfloAI
    }

    mutating func engine(_ settings: ComponentSettings) async throws -> ComponentStatus {
        var status = ComponentStatus()
        status.name = ComponentKind.engine.rawValue
        status.version = dependencies.configuration.version
        // This process is one.
        (status.readyReplicas, status.desiredReplicas) = (1, 1)
        do {
            guard let own = try await dependencies.pod.ownDeployment() else {
                (status.phase, status.message) = (.ready, "it runs outside of a Deployment")
                return status
            }
            let deployment = try await dependencies.caches.named(.deployments, key: own, for: key)
            let problem = try await scale(deployment, settings: settings)
            let current = try await dependencies.caches.named(.deployments, key: own, for: key)
            let health = ComponentHealth.judge(
                deployment: current, sets: [], pods: [], now: dependencies.clock.now)
            (status.phase, status.message, status.reason) = (health.phase, health.message, health.cause?.reason)
            (status.readyReplicas, status.desiredReplicas) = (health.ready, health.desired)
            status.image = current?["spec", "template", "spec", "containers"]?[0]?["image"]?.string
            status.objects = ["Deployment/\(own.name)"]
            if let problem {
                // Whoever gives the field up changes the Deployment, which is followed. Nothing tells of a right.
                if problem.reason == Self.refused { look(again: ComponentReconciler.pause) }
                (status.reason, status.message) = (problem.reason, problem.message)
            }
        } catch let unknown as BuildUnknown {
            (status.phase, status.message) = (.ready, unknown.message)
            look(again: ComponentReconciler.pause)
        } catch let forbidden as ComponentsForbidden {
            (status.phase, status.message) = (.ready, forbidden.message)
            look(again: ComponentReconciler.pause)
        }
        return status
    }

    private func scale(_ deployment: KubeObject?, settings: ComponentSettings) async throws -> ComponentCause? {
        guard mayScaleEngine, !skyfloAI.isPaused, let deployment, let replicas = settings.replicas,
            (deployment["spec", "replicas"]?.int ?? 1) != replicas
        else { return nil }
        guard dependencies.sharesWork || replicas == 1 else {
            return ComponentCause(
                reason: "NotShared",
                message:
                    "spec.engine.replicas is \(replicas), but the operator runs without --lease, alone: it isn't scaled"
            )
        }
        let wanted = KubeObject(
            .deployments, namespace: deployment.namespace, name: deployment.name,
            members: ["spec": ["replicas": JSONValue(replicas)]])
        do {
            let written = try await dependencies.api.apply(
                wanted, in: .deployments, manager: Self.scaleManager, force: false)
            dependencies.caches.insert(written, of: .deployments)
            return nil
        } catch let status as APIStatus where status.isConflict {
            return ComponentCause(
                reason: "ReplicasManaged",
                message:
                    "spec.engine.replicas is \(replicas), but somebody else says how many operators run, and is left to: "
                    + "\(status). Set it there, or take spec.replicas out of the manifest of the Deployment \(deployment.key)"
            )
        } catch let status as APIStatus {
            guard ComponentCause.refusal(status, of: "Deployment/\(deployment.name)") != nil else { throw status }
            return ComponentCause(
                reason: Self.refused, message: "the API server refuses to scale the operator: \(status)")
        }
    }
}
