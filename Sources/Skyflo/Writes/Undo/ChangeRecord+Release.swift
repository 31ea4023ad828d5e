import Helm
import KubeModel
import SkyfloAPI

extension ChangeRecord {
    /// What a record of a release stands for: a new revision is taken back by a rollback to the one before, or, where there
    /// was none, by an uninstallation; a kept history by a rollback to what was installed. Nil for any other step.
    init?(_ write: PlannedReleaseWrite) {
        let work = write.work
        switch work.kind {
        case .createRecord:
            // The revision of a new record is in its name: a rollback's work tells where the content is from.
            guard let revision = write.target.name.split(separator: ".v").last.flatMap({ Int($0) }) else { return nil }
            self.init(
                .created, target: write.target, reversal: Self.reversal(ofRevision: revision, work),
                obstacle: Self.obstacle(work))
        case .markRecord where work.status == ReleaseStatus.uninstalled.rawValue:
            self.init(
                .deleted, target: write.target,
                reversal: Self.rollback(to: work.revision, from: work.revision, of: work))
        case .markRecord, .deleteRecord, .object, .deleteCreated: return nil
        }
    }

    private static func reversal(ofRevision revision: Int, _ work: StoredReleaseWork) -> Reversal? {
        guard let previous = work.previous else { return uninstallation(of: work, revision: revision) }
        switch ReleaseStatus(rawValue: previous.status) {
        case .deployed: return rollback(to: previous.revision, from: revision, of: work)
        case .uninstalled: return uninstallation(of: work, revision: revision, keepsHistory: true)
        default: return nil
        }
    }

    private static func obstacle(_ work: StoredReleaseWork) -> String? {
        guard let previous = work.previous, reversal(ofRevision: 0, work) == nil else { return nil }
        return "revision \(previous.revision) was \(previous.status); helm_rollback brings back what another one had"
    }

    private static func rollback(to wanted: Int, from newest: Int, of work: StoredReleaseWork) -> Reversal {
        Reversal(
            tool: "helm_rollback",
            arguments: [
                "release_name": .string(work.release), "namespace": .string(work.namespace),
                "revision": JSONValue(wanted), "if_revision": JSONValue(newest),
            ])
    }

    private static func uninstallation(
        of work: StoredReleaseWork, revision: Int, keepsHistory: Bool = false
    ) -> Reversal {
        Reversal(
            tool: "helm_uninstall",
            arguments: [
                "release_name": .string(work.release), "namespace": .string(work.namespace),
                "keep_history": .bool(keepsHistory), "if_revision": JSONValue(revision),
            ])
    }
}
