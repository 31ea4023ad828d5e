import KubeClient
import KubeModel
import SkyfloAPI
import WorkflowEngine

/// Whether the cluster proves who made an approval: the ValidatingAdmissionPolicy that ties `decidedBy` to the request's
/// user is there, word for word the one that this operator knows, and in force.
enum AdmissionPolicyCheck {
    static let name = "skyflo-approvals"
    static let versionLabel = "skyflo.ai/policy-version"
    static let version = "1"
    /// Of what the policy checks (config/admission): its name and its version could be on any other.
    static let fingerprint = "sha256:2469c69aed837b462ec01a2ab7f4c1b3bd2e96705852938b340bb007cab58998"

    private static let policies = resource("validatingadmissionpolicies", kind: "ValidatingAdmissionPolicy")
    private static let bindings = resource(
        "validatingadmissionpolicybindings", kind: "ValidatingAdmissionPolicyBinding")

    private static func resource(_ plural: String, kind: String) -> APIResource {
        APIResource(
            group: "admissionregistration.k8s.io", version: "v1", plural: plural, kind: kind, namespaced: false)
    }

    struct Finding: Sendable, Hashable {
        /// nil: proven.
        var doubt: String?
        /// Of the condition `ApprovalsProven`.
        var reason: String
        /// From when on policy and binding were there for certain. Before that nothing was proven.
        var since: KubeTime?
    }

    /// Reads policy and binding.
    /// - Throws: what a server says that has no answer; a refusal is a finding.
    static func look(_ api: any KubeAPI) async throws -> Finding {
        do {
            async let policy = api.find(policies, name: name)
            async let binding = api.find(bindings, name: name)
            return judge(policy: try await policy, binding: try await binding)
        } catch let status as APIStatus where status.code == 403 {
            return Finding(
                doubt: "the operator may not read the admission policy \(name): \(status.message)",
                reason: "PolicyUnreadable")
        }
    }

    static func judge(policy: KubeObject?, binding: KubeObject?) -> Finding {
        guard let policy, !policy.isBeingDeleted else {
            return Finding(
                doubt: "the ValidatingAdmissionPolicy \(name) isn't installed, so nothing proves who approves",
                reason: "PolicyMissing")
        }
        let found = policy.labels[versionLabel] ?? "none"
        guard found == version else {
            return Finding(
                doubt: "the ValidatingAdmissionPolicy \(name) has version \(found), and this operator needs \(version)",
                reason: "PolicyVersion")
        }
        guard fingerprint(of: policy) == fingerprint else {
            return Finding(
                doubt: "the ValidatingAdmissionPolicy \(name) differs from the one in config/admission",
                reason: "PolicyChanged")
        }
        guard policy["spec", "failurePolicy"]?.string ?? "Fail" == "Fail" else {
            return Finding(
                doubt:
                    "the ValidatingAdmissionPolicy \(name) allows requests that it cannot check "
                    + "(failurePolicy is not Fail)",
                reason: "PolicyLenient")
        }
        guard let binding, !binding.isBeingDeleted, binding["spec", "policyName"]?.string == name else {
            return Finding(
                doubt: "the ValidatingAdmissionPolicyBinding \(name) isn't installed, so nothing proves who approves",
                reason: "BindingMissing")
        }
        let actions = binding["spec", "validationActions"]?.array?.compactMap(\.string) ?? []
        guard actions.contains("Deny"), binding["spec", "matchResources"]?.object?.isEmpty ?? true else {
            return Finding(
                doubt: "the ValidatingAdmissionPolicyBinding \(name) does not deny in all namespaces",
                reason: "BindingLenient")
        }
        let changes = [policy, binding].map(lastChange)
        if changes.contains(.unknown) {
            return Finding(
                doubt:
                    "it is not known when the ValidatingAdmissionPolicy \(name) was last changed: "
                    + "delete it and apply it again",
                reason: "PolicyChanged")
        }
        // The time has no fractions of a second.
        let since = changes.compactMap(\.time).max()?.adding(seconds: 1)
        return Finding(doubt: nil, reason: "PolicyInForce", since: since)
    }

    private enum LastChange: Hashable {
        case at(KubeTime?)
        case unknown

        var time: KubeTime? { if case .at(let time) = self { time } else { nil } }
    }

    /// When the object became what it is. Before that it may have been something else, and decisions that were written
    /// meanwhile prove nothing.
    private static func lastChange(_ object: KubeObject) -> LastChange {
        guard (object["metadata", "generation"]?.int ?? 1) > 1 else { return .at(object.creationTimestamp) }
        let entries = (object["metadata", "managedFields"]?.array ?? []).filter { $0["subresource"] == nil }
        let newest = entries.compactMap { $0["time"]?.string.flatMap { KubeTime($0) } }.max()
        return newest.map { .at($0) } ?? .unknown
    }

    /// Without what the API server fills in by itself.
    static func fingerprint(of policy: KubeObject) -> String {
        var spec = policy["spec"] ?? .null
        spec["failurePolicy"] = nil
        if spec["matchConstraints", "matchPolicy"] == "Equivalent" { spec["matchConstraints", "matchPolicy"] = nil }
        for selector in ["namespaceSelector", "objectSelector"] where spec["matchConstraints", selector] == [:] {
            spec["matchConstraints", selector] = nil
        }
        let rules = spec["matchConstraints", "resourceRules"]?.array ?? []
        spec["matchConstraints", "resourceRules"] = .array(
            rules.map { rule in
                var rule = rule
                if rule["scope"] == "*" { rule["scope"] = nil }
                return rule
            })
        return Digest.of(spec)
    }
}
