import Integrations
import KubeClient
import KubeModel
import SkyfloAPI

/// A request that has a Jenkins do something, exactly as it would be sent. It names the integration; where that is and as whom
/// it is asked is known to the SkyfloAI alone.
package struct PlannedJenkinsRequest: Sendable, Hashable {
    package enum Action: String, Sendable {
        case build = "Build"
        case parameterizedBuild = "ParameterizedBuild"
        case replay = "Replay"
        case stop = "Stop"
        case terminate = "Terminate"
        case kill = "Kill"
        case describe = "Describe"
        case rename = "Rename"
        case enable = "Enable"
        case disable = "Disable"
        case cancel = "Cancel"
        case proceed = "Proceed"
        case abort = "Abort"
    }

    package var integration: String
    /// Of the conversation.
    package var namespace: String
    package var action: Action
    package var job: JenkinsPath
    /// That it is about; of a build that is asked for, the number that the job's next one had.
    package var build: Int?
    /// The queue item, or the id of the question, that it is about.
    package var subject: String?
    package var form: [JenkinsFormField]
    /// The value of a parameter that no other build has: by it the build is found again.
    package var mark: String?

    package init(
        _ action: Action, of job: JenkinsPath, integration: String, namespace: String, build: Int? = nil,
        subject: String? = nil, form: [JenkinsFormField] = [], mark: String? = nil
    ) {
        self.integration = integration
        self.namespace = namespace
        self.action = action
        self.job = job
        self.build = build
        self.subject = subject
        self.form = form
        self.mark = mark
    }

    /// - Throws: ``Integrations/IntegrationError`` where a part of the path is none.
    package func request() throws(IntegrationError) -> IntegrationRequest {
        var segments = job.segments
        var query: [IntegrationRequest.Field] = []
        if let build, !isBuild { segments.append(String(build)) }
        switch action {
        case .build: segments.append("build")
        // Also where all parameters get their defaults.
        case .parameterizedBuild: segments.append("buildWithParameters")
        case .replay: segments += ["replay", "rebuild"]
        case .stop: segments.append("stop")
        case .terminate: segments.append("term")
        case .kill: segments.append("kill")
        case .describe: segments.append("submitDescription")
        case .rename: segments.append("configSubmit")
        case .enable: segments.append("enable")
        case .disable: segments.append("disable")
        case .cancel:
            segments = ["queue", "cancelItem"]
            query = [.init("id", value: subject ?? "")]
        case .proceed: segments += ["input", subject ?? "", form.isEmpty ? "proceedEmpty" : "proceed"]
        case .abort: segments += ["input", subject ?? "", "abort"]
        }
        return try IntegrationRequest(.post, segments: segments, query: query, form: formFields)
    }

    /// The answer to a question goes as one object.
    private var formFields: [IntegrationRequest.Field] {
        guard action == .proceed, !form.isEmpty else { return form.map { .init($0.name, value: $0.value) } }
        let parameters = form.map { field -> JSONValue in
            [
                "name": .string(field.name),
                "value": field.type == "boolean" ? .bool(field.value == "true") : .string(field.value),
            ]
        }
        let json: JSONValue = ["parameter": .array(parameters)]
        return [.init("json", value: JSONWriter.string(json)), .init("proceed", value: "Proceed")]
    }

    /// Whether nothing keeps it from being done, and needn't be undone, a second time.
    package var startsBuild: Bool { isBuild || action == .replay }

    /// Whether it has a job built, and not a build done again.
    package var isBuild: Bool { action == .build || action == .parameterizedBuild }

    package var target: PlannedRequest.Target {
        PlannedRequest.Target(
            resource: .integrations, namespace: namespace, name: integration, uid: "", resourceVersion: "")
    }

    /// Who approves it needs the same right as the conversation's ServiceAccount.
    var access: ResourceAccess? { ResourceAccess(accessRequest) }

    var accessRequest: KubeRequest {
        KubeRequest(.put, path: APIResource.integrations.path(namespace: namespace, name: integration))
    }

    /// The parts that decide what is sent; the definitions beside them don't count.
    var size: Int { form.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count } }
}

/// A field of a form, with what the job says of it beside it, for people.
package struct JenkinsFormField: Sendable, Hashable, JSONRecord {
    package var name = ""
    package var value = ""
    /// Whether the value is shown to nobody.
    package var isSecret = false
    package var type: String?
    package var choices: [String] = []
    package var defaultValue: String?
    /// What it was in the last successful build, where that is another one.
    package var before: String?

    package init() {}

    package init(_ name: String, value: String) {
        self.name = name
        self.value = value
    }

    package mutating func code(_ members: inout JSONMembers) {
        members.require(&name, as: "name")
        members.require(&value, as: "value")
        members.code(&isSecret, as: "secret", omitting: false)
        members.code(&type, as: "type")
        members.code(&choices, as: "choices", ifEmpty: .omitted)
        members.code(&defaultValue, as: "default")
        members.code(&before, as: "lastSuccessful")
    }
}

extension PlannedJenkinsRequest {
    var stored: StoredWrite {
        var stored = StoredWrite()
        stored.integration = integration
        stored.action = action.rawValue
        stored.method = "POST"
        stored.path = (try? request())?.target
        stored.job = job.description
        stored.build = build
        stored.subject = subject
        stored.form = form.map(\.json)
        stored.mark = mark
        stored.target = target.stored
        return stored
    }

    /// nil for what ``stored`` doesn't make, such as a path that isn't that of the action.
    init?(_ stored: StoredWrite) {
        guard let integration = stored.integration, !integration.isEmpty,
            let action = stored.action.flatMap(Action.init), let job = stored.job.flatMap({ try? JenkinsPath($0) }),
            let namespace = stored.target?.namespace, stored.method == "POST"
        else { return nil }
        let form = stored.form.compactMap { JenkinsFormField(json: $0) }
        guard form.count == stored.form.count else { return nil }
        self.init(
            action, of: job, integration: integration, namespace: namespace, build: stored.build,
            subject: stored.subject, form: form, mark: stored.mark)
        guard target.stored == stored.target, let path = try? request().target, path == stored.path else { return nil }
    }

    func shown(by redactor: Redactor) -> StoredWrite {
        var shown = stored
        shown.form = form.map { field in
            var field = field
            if field.isSecret { (field.defaultValue, field.before) = (nil, nil) }
            field.defaultValue = field.defaultValue.map { redactor.redact(value: $0, named: field.name) }
            field.before = field.before.map { redactor.redact(value: $0, named: field.name) }
            field.value = Self.shownValue(field, by: redactor)
            return field.json
        }
        return shown
    }

    /// Without values that look like credentials by the parameter's name, and those that the job says are.
    private static func shownValue(_ field: JenkinsFormField, by redactor: Redactor) -> String {
        guard field.isSecret else { return redactor.redact(value: field.value, named: field.name) }
        return field.value.isEmpty ? "" : redactor.token(field.value)
    }

    func secrets(_ redactor: Redactor) -> Set<String> {
        Set(form.filter { Redactor.isToken(Self.shownValue($0, by: redactor)) }.map(\.value))
    }
}
