import KubeModel
import KubeSchema
import Synchronization

/// Holds writes against the admission policies that are stored. They take effect with the next write, unlike on a real
/// server, which learns of them a moment later. The cluster's own controllers write without being asked.
struct PolicyAdmission: Sendable {
    let store: ClusterStore
    let catalog: ResourceCatalog
    let authorizer: Authorizer
    let cache: PolicyCache

    /// - Returns: warnings of policies that only warn.
    /// - Throws: the refusal of the first policy that denies.
    func review(_ request: AdmissionRequest, subject: AdmissionObjects) throws(APIStatus) -> [String] {
        let bindings = store.list(APIResource.admissionBindings.id).items
        // Policies can't be about policies, or nobody could take a wrong one back.
        guard !bindings.isEmpty, request.resource.group != "admissionregistration.k8s.io" else { return [] }
        var warnings: [String] = []
        for binding in bindings.map(\.object).sorted(by: { $0.name < $1.name }) {
            guard let stored = store.get(.admissionPolicies, name: binding["spec", "policyName"]?.string ?? ""),
                let policy = cache.policy(stored.object)
            else { continue }
            let actions = binding["spec", "validationActions"]?.array?.compactMap(\.string) ?? []
            for denial in judge(policy, for: binding, request: request, subject: subject) {
                let policy = "ValidatingAdmissionPolicy '\(policy.name)' with binding '\(binding.name)'"
                if actions.contains("Deny") {
                    throw refusal(request, who: "\(policy) denied request: ", denial: denial)
                }
                if actions.contains("Warn") { warnings.append("Validation failed for \(policy): \(denial.message)") }
            }
        }
        return warnings
    }

    private func judge(
        _ policy: AdmissionPolicy, for binding: KubeObject, request: AdmissionRequest, subject: AdmissionObjects
    ) -> [AdmissionPolicy.Denial] {
        let namespace =
            request.isNamespace
            ? subject.object ?? subject.old : store.get(.namespaces, name: request.namespace)?.object
        let versions =
            [request.resource]
            + catalog.definitions.map(\.api).filter { $0.id == request.resource.id && $0 != request.resource }
        let own = MatchResources(binding["spec", "matchResources"], matchesWithoutRules: true)
        guard let api = policy.constraints.match(request, subject: subject, versions: versions, namespace: namespace),
            own.match(request, subject: subject, versions: versions, namespace: namespace) != nil
        else { return [] }
        var matched = request
        matched.resource = api
        return policy.judge(
            values(matched, asked: request, subject: subject, namespace: request.isNamespace ? nil : namespace))
    }

    private func values(
        _ request: AdmissionRequest, asked: AdmissionRequest, subject: AdmissionObjects, namespace: KubeObject?
    ) -> [String: CELValue] {
        func value(_ object: KubeObject?) -> CELValue {
            guard var json = object?.json else { return .null }
            if request.resource != asked.resource { json["apiVersion"] = .string(request.resource.apiVersion) }
            return CELValue(json)
        }
        return [
            "object": value(subject.object), "oldObject": value(subject.old),
            "namespaceObject": namespace.map { CELValue($0.json) } ?? .null,
            "request": CELValue(request.json(asked: asked)), "authorizer": .authorizer(rights(asked)),
        ]
    }

    private func rights(_ request: AdmissionRequest) -> CELAuthorizer {
        var access = CELAuthorizer.Access()
        access.group = request.resource.group
        access.resource = request.resource.plural
        access.subresource = request.subresource
        access.namespace = request.namespace
        access.name = request.name
        return CELAuthorizer(requestResource: access) { [authorizer] access in
            let user = access.serviceAccount.map { UserInfo.serviceAccount(namespace: $0.namespace, name: $0.name) }
            let resource = access.subresource.isEmpty ? access.resource : "\(access.resource)/\(access.subresource)"
            let decision = authorizer.decide(
                AccessRequest(
                    verb: access.verb, group: access.group, resource: resource, name: access.name,
                    namespace: access.namespace, path: access.path), for: user ?? request.user)
            return .init(isAllowed: decision.isAllowed, reason: decision.reason)
        }
    }

    private func refusal(_ request: AdmissionRequest, who: String, denial: AdmissionPolicy.Denial) -> APIStatus {
        let message = who + denial.message
        var status = APIStatus.forbidden(
            request.resource, name: request.name, why: message, causes: [.init(reason: "", field: "", message: message)]
        )
        status.reason = APIStatus.Reason(rawValue: denial.reason)
        status.code = ["Unauthorized": 401, "Forbidden": 403, "RequestEntityTooLarge": 413][denial.reason] ?? 422
        return status
    }
}

/// Compiled policies, so that not every write compiles them again.
final class PolicyCache: Sendable {
    private let policies = Mutex<[String: (version: String, policy: AdmissionPolicy)]>([:])

    /// nil for one that can't be compiled, which its creation has refused.
    func policy(_ object: KubeObject) -> AdmissionPolicy? {
        let version = "\(object.uid)/\(object.resourceVersion)"
        if let known = policies.withLock({ $0[object.name] }), known.version == version { return known.policy }
        guard let policy = try? AdmissionPolicy(object) else { return nil }
        policies.withLock { $0[object.name] = (version, policy) }
        return policy
    }
}
