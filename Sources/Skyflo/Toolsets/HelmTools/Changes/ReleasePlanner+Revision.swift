import Helm
import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

/// How a new revision comes to be: the same for installing, upgrading and rolling back.
extension ReleasePlanner {
    /// The new revision, of which no Secret is there yet.
    func made(_ revision: Int) -> ReleaseHead {
        var made = head
        made.revision = revision
        return made
    }

    /// Creates those CRDs of the chart that don't exist, and knows of all what they define. As Helm, which never changes
    /// or deletes them.
    mutating func createCustomResources() async throws {
        let objects = try ToolFailure.ofHelm { () throws(HelmError) in try record.customResources() }
        var kept = 0
        nextStage()
        for (position, object) in objects.enumerated() {
            define(by: object)
            guard let place = try await place(of: object) else {
                throw ToolFailure("crds/: the API server doesn't serve \(object.apiVersion) \(object.kind)")
            }
            guard try await live(at: place) == nil else {
                kept += 1
                continue
            }
            note(place)
            let part = ReleaseContent.Part.customResource(position)
            add(part, of: object, at: place, title: "create \(place.target.text)", awaits: .exists(place.subject))
        }
        if kept > 0 {
            let words = kept == 1 ? "exists already, and is left as it is" : "exist already, and are left as they are"
            warnings.append("\(kept.counted(as: "definition")) of the chart's crds/ \(words)")
        }
    }

    /// Takes in what a CRD defines.
    private mutating func define(by object: KubeObject) {
        guard object.kind == "CustomResourceDefinition", let group = object["spec", "group"]?.string,
            let plural = object["spec", "names", "plural"]?.string, let kind = object["spec", "names", "kind"]?.string
        else { return }
        for version in object["spec", "versions"]?.array ?? [] {
            guard let name = version["name"]?.string, version["served"]?.bool == true else { continue }
            defined[GroupVersionKind(group: group, version: name, kind: kind)] = APIResource(
                group: group, version: name, plural: plural, kind: kind,
                namespaced: object["spec", "scope"]?.string == "Namespaced")
        }
    }

    /// First what is created and changed, then what goes.
    ///
    /// - Parameters:
    ///   - current: what the release has so far.
    ///   - objects: those of ``record``: reading them is most of the work.
    mutating func change(from current: [KubeObject], to objects: [KubeObject]) async throws {
        nextStage()
        var wanted: Set<[String]> = []
        var unchanged = 0
        for object in objects { define(by: object) }
        for (part, object) in objects.enumerated() {
            guard let place = try await place(of: object) else {
                throw ToolFailure(
                    "revision \(record.revision) has \(object.kind) \(object.name) of \(object.apiVersion), which the API "
                        + "server doesn't serve")
            }
            guard wanted.insert(place.key).inserted else { continue }
            if try await !bring(object, part: part, at: place) { unchanged += 1 }
        }
        for object in current.reversed() {
            guard let place = try await place(of: object) else {
                warnings.append("\(object.kind) \(object.name) is no longer served, and is left as it is")
                continue
            }
            if wanted.insert(place.key).inserted { _ = try await delete(object, at: place) }
        }
        if unchanged > 0 {
            let verb = unchanged == 1 ? "is" : "are"
            warnings.append("\(unchanged.counted(as: "object")) \(verb) like that already, and not written")
        }
    }

    static func objects(of record: ReleaseRecord) throws(ToolFailure) -> [KubeObject] {
        try ToolFailure.ofHelm { () throws(HelmError) in try record.objects() }
    }

    /// What the records say at the end.
    struct Ending {
        /// What the new revision is until then.
        var pending: ReleaseStatus
        /// nil to leave what it says.
        var message: String?
        var failure: String
        /// Whether the record goes where all that was created is gone again.
        var deletesRecord = false
    }

    /// Makes room in the history, as Helm before it stores a revision.
    ///
    /// - Parameters:
    ///   - revisions: those that there are, the newest first.
    ///   - most: how many there may be with the new one; 0 for all.
    ///   - kept: one that stays in any case, beside the newest and what is deployed.
    mutating func prune(_ revisions: [ReleaseHead], to most: Int, keeping kept: Int?) async throws {
        guard most > 0, revisions.count + 1 > most else { return }
        nextStage()
        let spare = revisions.dropFirst().filter {
            $0.revision != kept && $0.status != ReleaseStatus.deployed.rawValue
        }
        for head in spare.suffix(revisions.count + 1 - most).reversed() { deleteRecord(head) }
    }

    /// The records as Helm leaves them.
    mutating func finish(_ revisions: [ReleaseHead], to next: Int, as ending: Ending) async throws {
        nextStage()
        // All is done by then but to say so.
        allow(seconds: 60)
        for head in revisions where head.status == ReleaseStatus.deployed.rawValue {
            let digest = ReleaseContent.digest(of: try await context.record(of: head), by: context.redactor)
            mark(head, digest: digest, as: .superseded, from: [head.status])
        }
        let pending = [ending.pending.rawValue]
        nextStage()
        mark(made(next), digest: digest, as: .deployed, from: pending, message: ending.message, isNew: true)
        mark(
            made(next), digest: digest, as: .failed, from: pending, message: ending.failure, isNew: true,
            isOnFailure: true)
        guard options.deletesCreated else { return }
        deleteCreatedOnFailure()
        if ending.deletesRecord { deleteRecordOnFailure() }
    }
}
