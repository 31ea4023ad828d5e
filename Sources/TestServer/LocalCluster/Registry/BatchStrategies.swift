import KubeModel
import KubeSchema

struct JobStrategy: ResourceStrategy {
    var hasGeneration: Bool { true }

    static let uidLabel = "batch.kubernetes.io/controller-uid"

    func setDefaults(_ object: inout KubeObject) {
        guard var spec = object.json["spec"] else { return }
        Self.setTemplateDefaults(&spec)
        if spec["completions"] == nil, spec["parallelism"] == nil {
            spec["completions"] = 1
            spec["parallelism"] = 1
        }
        PodTemplateDefaults.fill(&spec, member: "parallelism", value: 1)
        PodTemplateDefaults.fill(
            &spec, member: "backoffLimit", value: spec["backoffLimitPerIndex"] == nil ? 6 : JSONValue(Int(Int32.max)))
        PodTemplateDefaults.fill(&spec, member: "completionMode", value: "NonIndexed")
        PodTemplateDefaults.fill(&spec, member: "suspend", value: false)
        PodTemplateDefaults.fill(&spec, member: "manualSelector", value: false)
        PodTemplateDefaults.fill(
            &spec, member: "podReplacementPolicy",
            value: spec["podFailurePolicy"] == nil ? "TerminatingOrFailed" : "Failed")
        object.json["spec"] = spec
    }

    static func setTemplateDefaults(_ spec: inout JSONValue) {
        guard var pod = spec["template", "spec"] else { return }
        PodTemplateDefaults.setDefaults(&pod)
        spec["template", "spec"] = pod
    }

    /// The selector that belongs to this Job alone, unless the sender asked to choose it. A Job without labels gets those
    /// of its template.
    func prepareForCreate(_ object: inout KubeObject, in context: StrategyContext) throws(APIStatus) {
        object.json["status"] = .object([:])
        let inherits = object.labels.isEmpty || object.labels == KubeObject(object["spec", "template"] ?? .null).labels
        if object["spec", "manualSelector"]?.bool != true { Self.select(&object) }
        if inherits { object.labels = KubeObject(object["spec", "template"] ?? .null).labels }
    }

    private static func select(_ object: inout KubeObject) {
        var template = KubeObject(object["spec", "template"] ?? .object([:]))
        template.labels = template.labels.merging([
            "controller-uid": object.uid, "job-name": object.name, uidLabel: object.uid,
            "batch.kubernetes.io/job-name": object.name,
        ]) { $1 }
        object["spec", "template"] = template.json
        object["spec", "selector"] = ["matchLabels": [uidLabel: .string(object.uid)]]
    }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        var errors = Self.validate(object.json["spec"], field: "spec")
        guard let old else { return errors }
        for member in ["completions", "selector", "template", "completionMode"]
        where object["spec", member] != old["spec", member] {
            errors.append(
                .invalid("spec.\(member)", value: object["spec", member] ?? .null, detail: "field is immutable"))
        }
        return errors
    }

    static func validate(_ spec: JSONValue?, field: String) -> [FieldError] {
        var errors: [FieldError] = []
        for member in [
            "parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished",
        ] {
            guard let number = spec?[member]?.int, number < 0 else { continue }
            errors.append(
                .invalid("\(field).\(member)", value: JSONValue(number), detail: "must be greater than or equal to 0"))
        }
        errors += PodTemplateDefaults.validate(spec?["template", "spec"], field: "\(field).template.spec")
        if !["Never", "OnFailure"].contains(spec?["template", "spec", "restartPolicy"]?.string ?? "") {
            errors.append(
                .required("\(field).template.spec.restartPolicy", detail: "valid values: \"OnFailure\", \"Never\""))
        }
        if spec?["completionMode"]?.string == "Indexed", spec?["completions"] == nil {
            errors.append(.required("\(field).completions", detail: "when completion mode is Indexed"))
        }
        return errors
    }
}

struct CronJobStrategy: ResourceStrategy {
    var hasGeneration: Bool { true }

    func setDefaults(_ object: inout KubeObject) {
        guard var spec = object.json["spec"] else { return }
        PodTemplateDefaults.fill(&spec, member: "concurrencyPolicy", value: "Allow")
        PodTemplateDefaults.fill(&spec, member: "suspend", value: false)
        PodTemplateDefaults.fill(&spec, member: "successfulJobsHistoryLimit", value: 3)
        PodTemplateDefaults.fill(&spec, member: "failedJobsHistoryLimit", value: 1)
        if var job = spec["jobTemplate", "spec"] {
            JobStrategy.setTemplateDefaults(&job)
            spec["jobTemplate", "spec"] = job
        }
        object.json["spec"] = spec
    }

    func prepareForCreate(_ object: inout KubeObject, in context: StrategyContext) throws(APIStatus) {
        object.json["status"] = .object([:])
    }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        var errors: [FieldError] = []
        let schedule = object["spec", "schedule"]?.string ?? ""
        if schedule.isEmpty {
            errors.append(.required("spec.schedule"))
        } else {
            do throws(CronSchedule.Problem) {
                _ = try CronSchedule(schedule)
            } catch {
                errors.append(.invalid("spec.schedule", value: .string(schedule), detail: error.text))
            }
        }
        return errors + JobStrategy.validate(object["spec", "jobTemplate", "spec"], field: "spec.jobTemplate.spec")
    }
}
