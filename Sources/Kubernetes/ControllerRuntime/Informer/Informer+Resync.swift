import KubeModel
import NIOConcurrencyHelpers

extension Informer {
    /// Into how many parts a round is cut, so that queues get a trickle and not everything at once.
    private static let resyncSteps = 60

    /// Tells the handlers again and again what is there.
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
