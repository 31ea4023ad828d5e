import ControllerRuntime
import KubeClient
import KubeModel
import Logging
import ServiceLifecycle
import SkyfloAPI
import Transcripts

/// Looks from time to time through all transcripts for those whose conversation isn't known, and has each looked at. This
/// finds what was left when a conversation was deleted while no operator ran, or while a worker still wrote.
///
/// It costs one request for 500 Secrets, of their metadata. Of several workers one does it each time: whoever first writes
/// into the Lease that it is about to.
package struct TranscriptSweep: Service {
    static let leaseName = "skyflo-transcript-sweep"
    package static let interval = Duration.seconds(600)

    let archive: any TranscriptArchive
    let reconciler: TranscriptReconciler
    /// Takes the uid of a conversation that isn't known, as the name of an object.
    let enqueue: @Sendable (ObjectKey) -> Void
    /// nil for a worker that is alone.
    let turn: SweepTurn?
    let clock: any RuntimeClock
    let logger: Logger

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await sweepInTurn()
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("transcripts can't be looked through", metadata: ["error": "\(error)"])
                }
                try? await clock.sleep(for: Self.interval)
            }
        }
    }

    private func sweepInTurn() async throws {
        if let turn, try await !turn.take(every: Self.interval) { return }
        try await sweep()
    }

    func sweep() async throws {
        var token: String?
        repeat {
            let page = try await archive.owners(after: token)
            for uid in Set(page.owners.filter(reconciler.isOurs).map(\.uid)) where !reconciler.isKnown(uid) {
                enqueue(ObjectKey(namespace: nil, name: uid))
            }
            token = page.next
        } while token != nil
    }
}

/// Lets one of several workers do something once in an interval.
struct SweepTurn: Sendable {
    let api: any KubeAPI
    let namespace: String
    let identity: String
    let clock: any RuntimeClock

    /// - Returns: false where another worker has done it within the interval, or is about to.
    func take(every interval: Duration) async throws -> Bool {
        do {
            guard let lease = try await api.find(.leases, namespace: namespace, name: TranscriptSweep.leaseName) else {
                _ = try await api.create(
                    taken(KubeObject(.leases, namespace: namespace, name: TranscriptSweep.leaseName)), in: .leases)
                return true
            }
            let last = lease["spec", "renewTime"]?.string.flatMap { KubeTime($0) }
            let age = last.map { clock.now.seconds(since: $0) } ?? .infinity
            // One that lies in the future was written by a clock that is wrong: it counts for nothing.
            guard age < 0 || age >= Double(interval.components.seconds) * 0.9 else { return false }
            _ = try await api.update(taken(lease), in: .leases)
            return true
        } catch let status as APIStatus where status.code == 409 {
            return false
        }
    }

    private func taken(_ lease: KubeObject) -> KubeObject {
        var lease = lease
        lease["spec", "holderIdentity"] = .string(identity)
        lease["spec", "renewTime"] = .string(clock.now.microTime)
        return lease
    }
}
