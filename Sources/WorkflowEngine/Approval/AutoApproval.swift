public import KubeModel
public import SkyfloAPI

/// Whether rules allow a write without a person. Pure: what is known about the requests comes in as ``WriteFacts``.
public struct AutoApproval: Sendable {
    /// One request, as far as it can be told from the request itself what it does.
    public struct WriteFacts: Sendable, Hashable {
        /// RBAC's: `create`, `update`, `patch`, `delete`.
        public var verb: String
        public var group: String
        /// With the subresource: `deployments/scale`.
        public var resource: String
        /// nil for what lies in no namespace.
        public var namespace: String?
        /// Of the object as it is; nil where it isn't there yet.
        public var labels: [String: String]?
        /// The body as the server gets it.
        public var body: JSONValue?
        /// What the server said would be other than before: as it was, and as it would be. A body needn't name what it
        /// takes away: a list that is replaced, a container without its security context.
        public var effects: [JSONValue]

        public init(
            verb: String, group: String, resource: String, namespace: String?, labels: [String: String]?,
            body: JSONValue?, effects: [JSONValue] = []
        ) {
            self.effects = effects
            self.verb = verb
            self.group = group
            self.resource = resource
            self.namespace = namespace
            self.labels = labels
            self.body = body
        }
    }

    public var rules: [AutoApproveRule]
    /// Of the SkyfloAI that has the rules.
    public var namespace: String
    /// Day of the week (1 Monday to 7 Sunday) and minute of the day in a time zone; nil for one that isn't known.
    public var localTime: @Sendable (String) -> (day: Int, minute: Int)?

    public init(
        rules: [AutoApproveRule], namespace: String,
        localTime: @escaping @Sendable (String) -> (day: Int, minute: Int)?
    ) {
        self.rules = rules
        self.namespace = namespace
        self.localTime = localTime
    }

    /// The name of the first rule that allows all of the call's requests.
    ///
    /// - Parameter facts: one for each request; nil for a request that can't be classified, which no rule allows.
    public func grant(tool: String, risk: AutoApproveRule.Risk?, _ facts: [WriteFacts?]) -> String? {
        let known = facts.compactMap(\.self)
        guard let risk, !known.isEmpty, known.count == facts.count else { return nil }
        return rules.first { rule in
            (rule.tools.isEmpty || rule.tools.contains(tool)) && risk <= rule.maxRisk && isOpen(rule)
                && known.allSatisfy { allows(rule, $0) }
        }?.name
    }

    private func isOpen(_ rule: AutoApproveRule) -> Bool {
        rule.windows.isEmpty
            || rule.windows.contains { window in
                localTime(window.timeZone).map { window.contains(day: $0.day, minute: $0.minute) } ?? false
            }
    }

    private func allows(_ rule: AutoApproveRule, _ facts: WriteFacts) -> Bool {
        guard rule.verbs.isEmpty || rule.verbs.contains(facts.verb) else { return false }
        guard covers(rule, facts), liesWithin(rule, facts) else { return false }
        if let selector = rule.selector {
            guard let labels = facts.labels, selector.matches(labels) else { return false }
        }
        return !(facts.effects + [facts.body].compactMap(\.self)).contains(where: Sensitive.grantsPods)
    }

    private func covers(_ rule: AutoApproveRule, _ facts: WriteFacts) -> Bool {
        if Sensitive.isSensitive(group: facts.group, resource: facts.resource) {
            return rule.apiGroups.contains(facts.group) && rule.resources.contains(facts.resource)
        }
        return (rule.apiGroups.isEmpty || rule.apiGroups.contains("*") || rule.apiGroups.contains(facts.group))
            && (rule.resources.isEmpty || rule.resources.contains("*") || rule.resources.contains(facts.resource))
    }

    private func liesWithin(_ rule: AutoApproveRule, _ facts: WriteFacts) -> Bool {
        if rule.namespaces.contains("*") { return true }
        guard let own = facts.namespace else { return false }
        return rule.namespaces.isEmpty ? own == namespace : rule.namespaces.contains(own)
    }
}

/// What hands out rights, and is therefore never allowed in passing.
enum Sensitive {
    private static let groups: Set<String> = [
        "rbac.authorization.k8s.io", "apiextensions.k8s.io", "admissionregistration.k8s.io", "apiregistration.k8s.io",
        "certificates.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "policy",
        "flowcontrol.apiserver.k8s.io",
        "skyflo.ai",
    ]
    private static let core: Set<String> = [
        "secrets", "serviceaccounts", "nodes", "namespaces", "persistentvolumes",
    ]
    private static let podSubresources: Set<String> = ["exec", "attach", "portforward", "proxy", "ephemeralcontainers"]

    static func isSensitive(group: String, resource: String) -> Bool {
        let parts = resource.split(separator: "/").map(String.init)
        if groups.contains(group) { return true }
        if group.isEmpty, let first = parts.first, core.contains(first) { return true }
        return parts.dropFirst().first.map { podSubresources.contains($0) || $0 == "token" } ?? false
    }

    /// Members by which a pod gets rights on its node, reads secrets, or becomes somebody else.
    private static let members: Set<String> = [
        "serviceAccountName", "serviceAccount", "hostPath", "hostNetwork", "hostPID", "hostIPC", "hostUsers",
        "privileged", "allowPrivilegeEscalation", "capabilities", "procMount", "securityContext", "secret",
        "secretName",
        "secretKeyRef", "secretRef", "projected", "automountServiceAccountToken", "ownerReferences", "finalizers",
        "csi", "flexVolume", "persistentVolumeClaim", "nfs", "iscsi", "cephfs", "rbd", "glusterfs", "fc", "azureFile",
        "azureDisk", "gcePersistentDisk", "awsElasticBlockStore", "vsphereVolume", "portworxVolume", "nodeName",
        "hostPort", "hostIP", "shareProcessNamespace", "runtimeClassName", "priorityClassName", "imagePullSecrets",
    ]
    private static let appArmor = "container.apparmor.security.beta.kubernetes.io"

    /// Whether a body touches such a member, as a member or in the path of a JSON patch.
    static func grantsPods(_ body: JSONValue) -> Bool {
        switch body {
        case .object(let object):
            object.contains { key, value in
                members.contains(key) || key.hasPrefix(appArmor) || (key == "path" && namesMember(value))
                    || grantsPods(value)
            }
        case .array(let elements): elements.contains(where: grantsPods)
        default: false
        }
    }

    private static func namesMember(_ path: JSONValue) -> Bool {
        (path.string ?? "").split(separator: "/").contains { members.contains(String($0)) || $0.hasPrefix(appArmor) }
    }
}
