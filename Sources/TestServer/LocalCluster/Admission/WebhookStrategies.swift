import KubeModel
import KubeSchema

/// Webhook configurations of both kinds, as `pkg/apis/admissionregistration` fills and checks them.
struct WebhookStrategy: ResourceStrategy {
    var isMutating: Bool
    var hasGeneration: Bool { true }

    func setDefaults(_ object: inout KubeObject) {
        guard let hooks = object.json["webhooks"]?.array else { return }
        object.json["webhooks"] = .array(
            hooks.map { hook in
                var hook = Matching.filled(hook)
                PodTemplateDefaults.fill(&hook, member: "failurePolicy", value: "Fail")
                PodTemplateDefaults.fill(&hook, member: "timeoutSeconds", value: 10)
                if isMutating { PodTemplateDefaults.fill(&hook, member: "reinvocationPolicy", value: "Never") }
                if hook["clientConfig", "service"] != nil, hook["clientConfig", "service", "port"] == nil {
                    hook["clientConfig", "service", "port"] = 443
                }
                return hook
            })
    }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        var errors: [FieldError] = []
        var names: Set<String> = []
        for (position, hook) in (object.json["webhooks"]?.array ?? []).enumerated() {
            let path = "webhooks[\(position)]"
            let name = hook["name"]?.string ?? ""
            errors += hookErrors(hook, path: path)
            if !name.isEmpty, !names.insert(name).inserted {
                errors.append(.duplicate("\(path).name", value: .string(name)))
            }
        }
        return errors
    }

    private func hookErrors(_ hook: JSONValue, path: String) -> [FieldError] {
        var errors = Self.nameErrors(hook["name"]?.string ?? "", path: "\(path).name")
        let versions = hook["admissionReviewVersions"]?.array ?? []
        if versions.isEmpty {
            errors.append(.required("\(path).admissionReviewVersions", detail: "must specify one of v1, v1beta1"))
        } else if !versions.contains(where: { ["v1", "v1beta1"].contains($0.string) }) {
            errors.append(
                .invalid(
                    "\(path).admissionReviewVersions", value: .array(versions),
                    detail: "must include at least one of v1, v1beta1"))
        }
        let effects = ["None", "NoneOnDryRun"]
        if let effect = hook["sideEffects"] {
            errors += Self.choiceErrors(effect, of: effects, path: "\(path).sideEffects")
        } else {
            errors.append(.required("\(path).sideEffects", detail: "must specify one of None, NoneOnDryRun"))
        }
        errors += Self.choiceErrors(hook["failurePolicy"], of: ["Fail", "Ignore"], path: "\(path).failurePolicy")
        errors += Self.choiceErrors(
            hook["reinvocationPolicy"], of: ["IfNeeded", "Never"], path: "\(path).reinvocationPolicy")
        if let seconds = hook["timeoutSeconds"]?.int, !(1...30).contains(seconds) {
            errors.append(
                .invalid(
                    "\(path).timeoutSeconds", value: JSONValue(seconds),
                    detail: "the timeout value must be between 1 and 30 seconds"))
        }
        if (hook["clientConfig", "url"] == nil) == (hook["clientConfig", "service"] == nil) {
            errors.append(.required("\(path).clientConfig", detail: "exactly one of url or service is required"))
        }
        errors += Matching.errors(hook, path: path, needsRules: false)
        for (position, rule) in (hook["rules"]?.array ?? []).enumerated() {
            errors += Matching.ruleErrors(rule, path: "\(path).rules[\(position)]")
        }
        return errors
    }

    private static func nameErrors(_ name: String, path: String) -> [FieldError] {
        if name.isEmpty { return [.required(path)] }
        if let problem = MetadataValidation.subdomainProblem(name) {
            return [.invalid(path, value: .string(name), detail: problem)]
        }
        guard name.split(separator: ".").count < 3 else { return [] }
        return [
            .invalid(
                path, value: .string(name), detail: "should be a domain with at least three segments separated by dots")
        ]
    }

    /// The fault of a value that isn't among `choices`; none of one that is absent.
    static func choiceErrors(_ value: JSONValue?, of choices: [String], path: String) -> [FieldError] {
        guard let value, !choices.contains(value.string ?? "") else { return [] }
        return [.notSupported(path, value: value, supported: choices)]
    }
}

/// Its expressions aren't read: unlike a validating policy, nothing here acts on it.
struct MutatingPolicyStrategy: ResourceStrategy {
    var hasGeneration: Bool { true }

    func setDefaults(_ object: inout KubeObject) { Matching.fill(policy: &object) }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        let spec = object.json["spec"] ?? .object([:])
        var errors = WebhookStrategy.choiceErrors(
            spec["failurePolicy"], of: ["Fail", "Ignore"], path: "spec.failurePolicy")
        if let constraints = spec["matchConstraints"] {
            errors += Matching.errors(constraints, path: "spec.matchConstraints", needsRules: true)
        } else {
            errors.append(.required("spec.matchConstraints"))
        }
        if let policy = spec["reinvocationPolicy"] {
            errors += WebhookStrategy.choiceErrors(policy, of: ["IfNeeded", "Never"], path: "spec.reinvocationPolicy")
        } else {
            errors.append(.required("spec.reinvocationPolicy"))
        }
        let mutations = spec["mutations"]?.array ?? []
        if mutations.isEmpty {
            errors.append(.required("spec.mutations", detail: "mutations must contain at least one item"))
        }
        for (position, mutation) in mutations.enumerated() {
            let path = "spec.mutations[\(position)]"
            errors += WebhookStrategy.choiceErrors(
                mutation["patchType"] ?? "", of: ["ApplyConfiguration", "JSONPatch"], path: "\(path).patchType")
            let members = ["ApplyConfiguration": "applyConfiguration", "JSONPatch": "jsonPatch"]
            guard let member = members[mutation["patchType"]?.string ?? ""] else { continue }
            if mutation[member, "expression"]?.string?.isEmpty ?? true {
                errors.append(.required("\(path).\(member).expression"))
            }
        }
        return errors
    }
}

struct MutatingBindingStrategy: ResourceStrategy {
    var hasGeneration: Bool { true }

    func setDefaults(_ object: inout KubeObject) { Matching.fill(binding: &object) }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        Matching.errors(ofBinding: object)
    }
}
