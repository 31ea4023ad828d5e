import Helm
import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

/// Plans the steps of a change of a release, by what is stored of it and what there is in the cluster.
struct ReleasePlanner {
    struct Options {
        /// Of each part: a hook, the objects.
        var seconds: Int
        var waits: Bool
        /// Whether it waits for what Jobs do, as well.
        var waitsForJobs = false
        var takesConflicts = false
        /// Whether what exists, and belongs to no release or to another one, becomes part of this one.
        var takesOwnership = false
        /// Whether what was created is deleted again after a failure.
        var deletesCreated = false
    }

    /// An object, and where it lives.
    struct Place {
        var resource: APIResource
        var namespace: String?
        var name: String

        var target: PlannedRequest.Target {
            PlannedRequest.Target(
                resource: resource.identity, namespace: namespace, name: name, uid: "", resourceVersion: "")
        }
        var subject: PostCondition.Subject {
            PostCondition.Subject(resource: resource, namespace: namespace, name: name)
        }
        /// Tells objects apart, in whatever version.
        var key: [String] { [resource.group, resource.plural, namespace ?? "", name] }
    }

    let context: ToolContext
    /// The revision whose objects and hooks are brought, or taken away.
    let record: ReleaseRecord
    /// Of ``record``.
    let digest: String
    let head: ReleaseHead
    let options: Options
    /// The objects that belong to the release as it is (``Place/key``); nil where all of the record's do.
    var owned: Set<[String]>?
    /// What the release's own CRDs define, which the API server may not serve yet.
    var defined: [GroupVersionKind: APIResource] = [:]
    /// What was created of the manifest, in that order.
    var brought: [Place] = []

    private(set) var writes: [PlannedWrite] = []
    var lastResort: [PlannedWrite] = []
    var warnings: [String] = []
    /// See ``Writes/WriteProposal/introduction``.
    var introduction = ""
    /// What the content holds of secrets.
    var secrets: Set<String> = []
    var conditions: [PostCondition] = []
    var ranHooks: [Int] = []
    /// Of what is created.
    var manager = ReleaseManager.standard
    private var stage = 0
    var deadline: Int
    var created: Set<[String]> = []
    var outside: [String] = []

    init(_ context: ToolContext, record: ReleaseRecord, head: ReleaseHead, options: Options) {
        self.context = context
        self.record = record
        digest = ReleaseContent.digest(of: record, by: context.redactor)
        self.head = head
        self.options = options
        deadline = options.seconds
    }

    /// `shop/web`
    var release: String { "\(head.namespace)/\(head.name)" }

    func proposal(_ summary: String, risk: Risk) -> WriteProposal {
        var warnings = warnings
        if !outside.isEmpty {
            let more = outside.count > 12 ? ", and \(outside.count - 12) more" : ""
            warnings.append(
                "outside of namespace \(head.namespace): \(outside.prefix(12).joined(separator: ", "))\(more)")
        }
        return WriteProposal(
            summary: summary, writes: writes + lastResort, risk: risk, warnings: warnings, postConditions: conditions,
            introduction: introduction, secrets: secrets)
    }

    // MARK: Steps

    /// What comes then has so much longer.
    mutating func allow(seconds: Int) { deadline += seconds }

    /// What comes then waits for what has come so far.
    mutating func nextStage() { stage += 1 }

    mutating func add(
        _ action: PlannedWrite.Action, title: String, awaits: PostCondition? = nil
    ) {
        writes.append(
            PlannedWrite(
                action,
                step: WriteStep(
                    title: title, stage: max(stage, 1), deadlineSeconds: deadline, isRetried: true,
                    awaits: awaits?.json)))
    }

    func work(_ kind: StoredReleaseWork.Kind, head: ReleaseHead, digest: String) -> StoredReleaseWork {
        StoredReleaseWork(
            kind, release: head.name, namespace: head.namespace, revision: head.revision, secretUID: head.uid,
            digest: digest)
    }

    func secret(revision: Int, uid: String = "") -> PlannedRequest.Target {
        PlannedRequest.Target(
            resource: APIResource.secrets.identity, namespace: head.namespace,
            name: ReleaseRecord.secretName(release: head.name, revision: revision), uid: uid, resourceVersion: "")
    }
}
