import ControllerRuntime
import KubeClient
import KubeModel
import Logging

/// Says of a worker (a process that works on conversations) that it lives. Each holds a Lease of its own for as long as it
/// works and stops when it can't renew it; others leave what it has begun alone until that Lease was given back or has run
/// out before their eyes.
///
/// This keeps workers out of each other's way, and no more: a process that stood still takes itself for the holder until
/// it looks at a clock. What protects a conversation from such a worker is that each of its writes is refused by the API
/// server itself:
///
/// - status: a worker writes the next epoch into `status.worker` before it does anything, and every write of status names
///   the resourceVersion that it comes from. Who meets a foreign epoch is fenced out (``ConversationStore/FencedOut``).
/// - transcript: appends name the resourceVersion of the Secret, and a worker that takes over appends first of all.
/// - the cluster: here an epoch is no use, for the API server knows nothing of ours when it writes a Deployment. Each write
///   carries its own precondition instead (`PlannedRequest.isPinned`): a change the uid and the resourceVersion of its
///   target, a deletion too, a creation a fixed name. Of two workers that send the same write one is refused, and what the
///   conversation says is found out from the target. The intent was stored before, so there is always one who looks.
///
/// What is left open: a creation that is still on its way when somebody deletes what the next worker has created; it
/// creates the object again. And a write that was stopped while it was on its way can't be called off, so it is never said
/// that it didn't happen.
package struct WorkerLease: Sendable {
    /// Where the Leases of all workers are.
    package var namespace: String
    /// The pod that the worker is, in that namespace: the Lease is deleted with it. nil outside of the cluster.
    package var pod: OwnerReference?
    /// How long others wait for a sign of life. Whole seconds.
    package var duration: Duration

    package init(namespace: String, pod: OwnerReference? = nil, duration: Duration = .seconds(15)) {
        self.namespace = namespace
        self.pod = pod
        self.duration = duration
    }

    /// Different for different workers in so far as their identities are names, as those of pods are.
    package static func name(of identity: String) -> String {
        let name = identity.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        return "skyflo-" + String(name.suffix(200)) + "-worker"
    }

    /// Holds it, with the proportions that client-go has.
    func elector(_ identity: String, api: any KubeAPI, logger: Logger) -> LeaderElector {
        LeaderElector(
            api: api,
            .init(
                namespace: namespace, name: Self.name(of: identity), identity: identity, leaseDuration: duration,
                renewDeadline: duration * 2 / 3, retryPeriod: duration * 2 / 15, owner: pod),
            logger: logger)
    }
}
