import KubeModel
import NIOConcurrencyHelpers

extension Informer {
    /// The number of parts that a round is cut into, so that queues get a trickle and not everything at once.
    private static let resyncSteps = 60

    /// Tells the handlers again and again which objects exist.
    func resync(every period: Duration) async {
        guard (try? await waitForSync()) != nil else { return }
        while !Task.isCancelled {
            // Several processes that started together drift apart.
            await resyncRound(period * Double.random(in: 0.9...1.1))
        }
    }

    private func resyncRound(_ period: Duration) async {
        let start = clock.uptime
        let keys = Array(shared.withLockedValue(\.store.objects).keys)
        let steps = min(max(keys.count, 1), Self.resyncSteps)
        for step in 0..<steps {
            do { try await clock.sleep(until: start + period * (step + 1) / steps) } catch { return }
            for key in keys[keys.count * step / steps..<keys.count * (step + 1) / steps] { repeatObject(key) }
        }
    }

    private func repeatObject(_ key: ObjectKey) {
        update { store, events in
            if let object = store.objects[key] { events.append(.updated(old: object, new: object)) }
        }
    }
}
