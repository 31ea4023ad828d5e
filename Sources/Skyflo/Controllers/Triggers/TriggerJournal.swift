import KubeModel
import Synchronization

/// What came of notifications, until it is written into the SkyfloAI's status: many a second must not make as many writes.
final class TriggerJournal: Sendable {
    struct Entry: Sendable, Hashable {
        var at: KubeTime
        /// `NAMESPACE/NAME`; nil where none was made or found.
        var conversation: String?
        var error: String?
    }

    private let entries = Mutex<[ObjectKey: [String: Entry]]>([:])

    /// - Parameter trigger: its name.
    func note(_ entry: Entry, of trigger: String, in skyfloAI: ObjectKey) {
        entries.withLock { entries in
            var entry = entry
            entry.conversation = entry.conversation ?? entries[skyfloAI]?[trigger]?.conversation
            entries[skyfloAI, default: [:]][trigger] = entry
        }
    }

    func take(_ skyfloAI: ObjectKey) -> [String: Entry] { entries.withLock { $0.removeValue(forKey: skyfloAI) ?? [:] } }

    /// Gives back what couldn't be written; what came meanwhile is newer.
    func giveBack(_ taken: [String: Entry], of skyfloAI: ObjectKey) {
        entries.withLock { $0[skyfloAI] = taken.merging($0[skyfloAI] ?? [:]) { $1 } }
    }
}
