import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

struct CreateJobTool: KubernetesTool {
    let name = "k8s_create_job_from_cronjob"
    let title = "Create Kubernetes Job from CronJob"
    let isDestructive = false
    let requests: [ToolRequest]? = [
        .read("cronjobs.batch", "jobs.batch", "namespaces"), .create("jobs.batch"),
    ]
    let description = "Propose to run a cronjob once, now, and wait until the job completes."
    let parameters = ToolParameters([
        .required("cronjob_name", kind: .string(.objectName), description: "Name of the cronjob", obvious: true),
        .namespace,
        .optional(
            "name", kind: .string(.objectName),
            description: "Of the new job; by default that of the cronjob with -manual-…",
            obvious: true),
    ])

    private let now: @Sendable () -> KubeTime

    init(now: @escaping @Sendable () -> KubeTime) { self.now = now }

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let cronJob = try arguments.requiredString("cronjob_name")
        try Names.check(cronJob, of: .cronJobs)
        let namespace = arguments.string("namespace") ?? context.namespace
        let source = try await context.object(ResourceMatch(.cronJobs), namespace: namespace, name: cronJob)
        let target = LiveTarget(resource: .cronJobs, namespace: namespace, object: source)
        guard !source.isBeingDeleted else { throw ToolFailure("cronjob_name: \(target.text) is being deleted") }
        let name = arguments.string("name") ?? generatedName(cronJob)
        guard Names.isLabel(name) else {
            throw ToolFailure(
                "name: \"\(ToolParameters.excerpt(name))\" is no name of a job: at most 63 lower case letters, digits and '-'"
            )
        }
        let job = Self.job(name, of: target)
        let planned = try await context.creation(of: job, in: .jobs, parameter: "name")
        let subject = PostCondition.Subject(resource: .jobs, namespace: namespace, name: name)
        return .proposal(
            WriteProposal(
                "Create job \(namespace)/\(name) from \(target.text)", planned: planned,
                risk: .baseline(.jobs, namespace: namespace), warnings: Self.warnings(source),
                postConditions: PostCondition.after(writing: job, to: subject)))
    }

    /// The time is part of what is approved: sent later or again, it is the same job.
    private func generatedName(_ cronJob: String) -> String {
        let suffix = "-manual-\(String(now().microseconds / 1_000_000, radix: 36))"
        let stem = cronJob.replacing(".", with: "-").prefix(63 - suffix.count)
        return stem + suffix
    }

    /// As kubectl makes it. It names its owner without `blockOwnerDeletion`, which would need a right to finalizers.
    private static func job(_ name: String, of cronJob: LiveTarget) -> KubeObject {
        let template = cronJob.object["spec", "jobTemplate"]
        var annotations = template?["metadata", "annotations"]?.object ?? [:]
        annotations["cronjob.kubernetes.io/instantiate"] = "manual"
        let metadata: JSONValue = .compact([
            "name": .string(name), "namespace": cronJob.namespace.map(JSONValue.string),
            "labels": template?["metadata", "labels"], "annotations": .object(annotations),
            "ownerReferences": [
                [
                    "apiVersion": "batch/v1", "kind": "CronJob", "name": .string(cronJob.object.name),
                    "uid": .string(cronJob.object.uid), "controller": true,
                ]
            ],
        ])
        return KubeObject([
            "apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": template?["spec"] ?? [:],
        ])
    }

    private static func warnings(_ cronJob: KubeObject) -> [String] {
        let active = (cronJob["status", "active"]?.array ?? []).compactMap { $0["name"]?.string }
        var warnings: [String] = []
        if cronJob["spec", "suspend"]?.bool == true {
            warnings.append("the cronjob is suspended; this job runs all the same")
        }
        if !active.isEmpty, ["Forbid", "Replace"].contains(cronJob["spec", "concurrencyPolicy"]?.string) {
            warnings.append(
                "\(active.joined(separator: ", ")) runs already; the cronjob's concurrencyPolicy doesn't hold back a job made by hand"
            )
        }
        return warnings
    }
}
