import KubeModel
import KubeSchema

/// Refuses a policy that couldn't be enforced as it is written: what isn't evaluated here is never ignored.
struct AdmissionPolicyStrategy: ResourceStrategy {
    var hasGeneration: Bool { true }

    func setDefaults(_ object: inout KubeObject) { Matching.fill(policy: &object) }

    func prepareForCreate(_ object: inout KubeObject, in context: StrategyContext) throws(APIStatus) {
        object.json["status"] = .object([:])
    }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        let spec = object.json["spec"] ?? .object([:])
        var errors: [FieldError] = []
        for member in ["paramKind", "auditAnnotations"] where spec[member] != nil {
            errors.append(.forbidden("spec.\(member)", detail: "is not supported by this server"))
        }
        if let policy = spec["failurePolicy"], !["Fail", "Ignore"].contains(policy.string) {
            errors.append(.notSupported("spec.failurePolicy", value: policy, supported: ["Fail", "Ignore"]))
        }
        if let constraints = spec["matchConstraints"] {
            errors += Matching.errors(constraints, path: "spec.matchConstraints", needsRules: true)
        } else {
            errors.append(.required("spec.matchConstraints"))
        }
        let validations = spec["validations"]?.array ?? []
        if validations.isEmpty {
            errors.append(
                .required("spec.validations", detail: "validations or auditAnnotations must contain at least one item"))
        }
        let reasons = ["Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized"]
        for (position, validation) in validations.enumerated() {
            guard let reason = validation["reason"], !reasons.contains(reason.string ?? "") else { continue }
            errors.append(
                .notSupported(
                    "spec.validations[\(position)].reason", value: reason,
                    supported: ["Forbidden", "Invalid", "RequestEntityTooLarge"]))
        }
        do throws(PolicyFailure) {
            _ = try AdmissionPolicy(object)
        } catch {
            errors += error.errors
        }
        return errors
    }
}

struct AdmissionBindingStrategy: ResourceStrategy {
    var hasGeneration: Bool { true }

    func setDefaults(_ object: inout KubeObject) { Matching.fill(binding: &object) }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        let params =
            object["spec", "paramRef"] == nil
            ? [] : [FieldError.forbidden("spec.paramRef", detail: "is not supported by this server")]
        return Matching.errors(ofBinding: object, params: params)
            + actionErrors(object["spec", "validationActions"]?.array ?? [])
    }

    private func actionErrors(_ actions: [JSONValue]) -> [FieldError] {
        let path = "spec.validationActions"
        if actions.isEmpty { return [.required(path, detail: "at least one validation action is required")] }
        var errors: [FieldError] = []
        var seen: Set<String> = []
        for (position, action) in actions.enumerated() {
            let name = action.string ?? ""
            if !["Audit", "Deny", "Warn"].contains(name) {
                errors.append(
                    .notSupported("\(path)[\(position)]", value: action, supported: ["Audit", "Deny", "Warn"]))
            } else if !seen.insert(name).inserted {
                errors.append(.duplicate("\(path)[\(position)]", value: action))
            }
        }
        if seen.isSuperset(of: ["Deny", "Warn"]) {
            let why =
                "must not contain both Deny and Warn (repeating the same validation failure information in the API "
                + "response and headers serves no purpose)"
            errors.append(.invalid(path, value: .array(actions), detail: why))
        }
        return errors
    }
}

/// What policies, bindings and webhooks have in common.
enum Matching {
    static func fill(policy object: inout KubeObject) {
        guard var spec = object.json["spec"] else { return }
        PodTemplateDefaults.fill(&spec, member: "failurePolicy", value: "Fail")
        if let constraints = spec["matchConstraints"] { spec["matchConstraints"] = filled(constraints) }
        object.json["spec"] = spec
    }

    static func fill(binding object: inout KubeObject) {
        guard let resources = object["spec", "matchResources"] else { return }
        object["spec", "matchResources"] = filled(resources)
    }

    /// - Parameter params: about the binding's parameters, in their place among the others.
    static func errors(ofBinding object: KubeObject, params: [FieldError] = []) -> [FieldError] {
        var errors: [FieldError] = []
        if object["spec", "policyName"]?.string?.isEmpty ?? true { errors.append(.required("spec.policyName")) }
        errors += params
        if let resources = object["spec", "matchResources"] {
            errors += self.errors(resources, path: "spec.matchResources", needsRules: false)
        }
        return errors
    }

    static func filled(_ json: JSONValue) -> JSONValue {
        var json = json
        PodTemplateDefaults.fill(&json, member: "matchPolicy", value: "Equivalent")
        PodTemplateDefaults.fill(&json, member: "namespaceSelector", value: .object([:]))
        PodTemplateDefaults.fill(&json, member: "objectSelector", value: .object([:]))
        for member in ["resourceRules", "excludeResourceRules", "rules"] {
            guard let rules = json[member]?.array else { continue }
            json[member] = .array(
                rules.map { rule in
                    var rule = rule
                    PodTemplateDefaults.fill(&rule, member: "scope", value: "*")
                    return rule
                })
        }
        return json
    }

    static func errors(_ json: JSONValue, path: String, needsRules: Bool) -> [FieldError] {
        var errors: [FieldError] = []
        if let policy = json["matchPolicy"], !["Equivalent", "Exact"].contains(policy.string) {
            errors.append(.notSupported("\(path).matchPolicy", value: policy, supported: ["Equivalent", "Exact"]))
        }
        for member in ["namespaceSelector", "objectSelector"] {
            if let selector = json[member], LabelSelector(selector) == nil {
                errors.append(.invalid("\(path).\(member)", value: selector, detail: "is not a valid label selector"))
            }
        }
        if needsRules, json["resourceRules"]?.array?.isEmpty ?? true {
            errors.append(.required("\(path).resourceRules"))
        }
        for member in ["resourceRules", "excludeResourceRules"] {
            for (position, rule) in (json[member]?.array ?? []).enumerated() {
                errors += ruleErrors(rule, path: "\(path).\(member)[\(position)]")
            }
        }
        return errors
    }

    static func ruleErrors(_ rule: JSONValue, path: String) -> [FieldError] {
        var errors: [FieldError] = []
        for member in ["apiGroups", "apiVersions", "operations", "resources"]
        where rule[member]?.array?.isEmpty ?? true {
            errors.append(.required("\(path).\(member)"))
        }
        let operations = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"]
        for (position, operation) in (rule["operations"]?.array ?? []).enumerated()
        where !operations.contains(operation.string ?? "") {
            errors.append(.notSupported("\(path).operations[\(position)]", value: operation, supported: operations))
        }
        let scopes = ["*", "Cluster", "Namespaced"]
        if let scope = rule["scope"], !scopes.contains(scope.string ?? "") {
            errors.append(.notSupported("\(path).scope", value: scope, supported: scopes))
        }
        return errors
    }
}
