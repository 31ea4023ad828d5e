import KubeModel
import Writes

/// What is wrong with an installation: decided of facts, without asking anybody.
package enum InstallationDiagnosis {
    /// All findings, check by check in the order in which one needs the other.
    package static func findings(_ facts: InstallationFacts) -> [Finding] {
        server(facts) + definitions(facts) + access(facts) + admission(facts) + workload(facts) + leases(facts)
            + settings(facts) + conversations(facts)
    }

    private static func unreadable(_ check: String, what: String, reason: String) -> Finding {
        Finding(
            .warning, check: check, message: "you may not read \(what), so it was not looked at: \(reason)",
            remedy: "let a cluster administrator run this command")
    }

    // MARK: The server

    static func server(_ facts: InstallationFacts) -> [Finding] {
        var found: [Finding] = []
        if let obstacle = Obstacle.ofVersion(facts.server, hasPolicy: true) {
            found.append(Finding(.error, check: "Server", message: obstacle.message, remedy: obstacle.remedy))
        }
        if !facts.unavailableGroups.isEmpty {
            found.append(
                Finding(
                    .warning, check: "Server",
                    message:
                        "servers of these API groups don't answer, which slows down every look at what the cluster has: "
                        + facts.unavailableGroups.joined(separator: ", "), remedy: "kubectl get apiservices"))
        }
        if !facts.hasMetrics {
            found.append(
                Finding(
                    .warning, check: "Server",
                    message:
                        "the cluster serves no metrics (metrics.k8s.io): the tools that show what pods and nodes use fail",
                    remedy: "install metrics-server"))
        }
        let name = facts.server["gitVersion"]?.string ?? "of an unknown version"
        return found.isEmpty ? [Finding(.ok, check: "Server", message: "Kubernetes \(name)")] : found
    }

    // MARK: CRDs

    static func definitions(_ facts: InstallationFacts) -> [Finding] {
        let found = facts.objects.filter { $0.wanted.kind == "CustomResourceDefinition" }.compactMap { wanted, live in
            definition(wanted, live: live, facts: facts)
        }
        return found.isEmpty ? [Finding(.ok, check: "CRDs", message: "installed, served, and of this version")] : found
    }

    private static func definition(
        _ wanted: KubeObject, live: Reading<KubeObject?>, facts: InstallationFacts
    ) -> Finding? {
        let name = wanted.name
        switch live {
        case .forbidden(let reason): return unreadable("CRDs", what: "the CRD \(name)", reason: reason)
        case .read(nil):
            return Finding(.error, check: "CRDs", message: "the CRD \(name) is missing", remedy: facts.install)
        case .read(let live?):
            if live.isBeingDeleted {
                return Finding(
                    .error, check: "CRDs", message: "the CRD \(name) is being deleted, with all objects of its kind",
                    remedy: "kubectl get crd \(name) -o jsonpath='{.status.conditions}'")
            }
            let state = DefinitionState(live)
            guard state.isEstablished else {
                return Finding(
                    .error, check: "CRDs", message: "the CRD \(name) isn't served: \(state.text)",
                    remedy: "kubectl describe crd \(name)")
            }
            let difference = ManifestDifference(
                wanted: wanted["spec", "versions"], live: live["spec", "versions"], at: "spec.versions", isStrict: false
            )
            guard let first = difference.paths.first else { return nil }
            return Finding(
                .error, check: "CRDs",
                message: "the CRD \(name) isn't that of version \(facts.version): \(first) differs"
                    + (difference.paths.count > 1 ? ", and \(difference.paths.count - 1) more" : ""),
                remedy: facts.install)
        }
    }

    // MARK: Rights

    static func access(_ facts: InstallationFacts) -> [Finding] {
        var found = missing(
            ["ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"], in: facts, check: "Rights")
        if facts.lacksComponentRights {
            found.append(
                Finding(
                    .warning, check: "Rights",
                    message:
                        "the RoleBinding skyflo-components is missing: what SkyfloAIs ask for with spec.ui and spec.mcp isn't "
                        + "made, and spec.engine.replicas isn't followed", remedy: facts.install))
        }
        for (wanted, live) in facts.objects where ["ClusterRole", "Role"].contains(wanted.kind) {
            guard let live = live.value ?? nil else { continue }
            let difference = ManifestDifference(
                wanted: wanted["rules"], live: live["rules"], at: "rules", isStrict: true)
            guard !difference.paths.isEmpty else { continue }
            found.append(
                Finding(
                    .warning, check: "Rights",
                    message: "the \(wanted.kind) \(wanted.name) isn't that of version \(facts.version): "
                        + difference.paths.prefix(3).joined(separator: ", "), remedy: facts.install))
        }
        switch facts.rights {
        case .forbidden(let reason): found.append(unreadable("Rights", what: "the operator's rights", reason: reason))
        case .read(let rights):
            let lacking = rights.filter { !$0.isAllowed }.map(\.right)
            if !lacking.isEmpty {
                found.append(
                    Finding(
                        .error, check: "Rights",
                        message: "the operator may not \(lacking.prefix(5).joined(separator: "; "))"
                            + (lacking.count > 5 ? "; and \(lacking.count - 5) more" : ""), remedy: facts.install))
            }
        }
        let count = facts.rights.value?.count ?? 0
        return found.isEmpty
            ? [Finding(.ok, check: "Rights", message: "the operator has all \(count) rights that it needs")] : found
    }

    /// Findings for objects of some kinds that aren't there or may not be read: one for all that have the same weight.
    private static func missing(_ kinds: [String], in facts: InstallationFacts, check: String) -> [Finding] {
        let objects = facts.objects.filter { kinds.contains($0.wanted.kind) }
        let refusals = objects.compactMap { wanted, live -> Finding? in
            guard case .forbidden(let reason) = live else { return nil }
            return unreadable(check, what: "the \(wanted.kind) \(wanted.name)", reason: reason)
        }
        let gone = objects.filter { if case .read(nil) = $0.live { true } else { false } }.map(\.wanted)
            .filter { !OperatorRights.areForComponents($0) }
        let grave = gone.filter { !isForPeople($0) }
        let light = gone.filter(isForPeople)
        return refusals
            + [(grave, Finding.Severity.error), (light, .warning)].compactMap { objects, severity in
                guard let first = objects.first else { return nil }
                let names = objects.map { "\($0.kind) \($0.name)" }
                let text =
                    objects.count == 1
                    ? "the \(first.kind) \(first.name) is missing"
                    : "these are missing: \(names.joined(separator: ", "))"
                return Finding(severity, check: check, message: text, remedy: facts.install)
            }
    }

    /// Roles that are there to be bound by people; the values can leave them out.
    private static func isForPeople(_ object: KubeObject) -> Bool {
        object.kind == "ClusterRole" && !object.name.hasPrefix("skyflo-operator")
    }

    // MARK: The admission policy

    static func admission(_ facts: InstallationFacts) -> [Finding] {
        let check = "Approvals"
        let kinds = ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"]
        var found = missing(kinds, in: facts, check: check)
        for (wanted, live) in facts.objects where kinds.contains(wanted.kind) {
            guard let live = live.value ?? nil else { continue }
            let difference = ManifestDifference(wanted: wanted["spec"], live: live["spec"], at: "spec", isStrict: true)
            let key = "skyflo.ai/policy-version"
            if let version = wanted.labels[key], live.labels[key] != version {
                found.append(
                    Finding(
                        .error, check: check,
                        message:
                            "the \(wanted.kind) \(wanted.name) has version \(live.labels[key] ?? "none"), and \(version) is needed",
                        remedy: facts.install))
            } else if let first = difference.paths.first {
                found.append(
                    Finding(
                        .error, check: check,
                        message:
                            "the \(wanted.kind) \(wanted.name) isn't that of version \(facts.version) (\(first)), so approvals "
                            + "don't count", remedy: facts.install))
            }
        }
        return found.isEmpty ? [Finding(.ok, check: check, message: "the admission policy proves who approves")] : found
    }

    // MARK: The operator

    static func workload(_ facts: InstallationFacts) -> [Finding] {
        let check = "Operator"
        var found = missing(["Namespace", "Deployment", "Service"], in: facts, check: check)
        let optional = missing(["NetworkPolicy"], in: facts, check: check).map { finding in
            Finding(.warning, check: check, message: finding.message, remedy: finding.remedy)
        }
        guard let deployment = facts.live(kind: "Deployment", name: "skyflo-operator") else { return found + optional }
        let status = RolloutStatus(deployment)
        let replicas = deployment["spec", "replicas"]?.int ?? 1
        if replicas == 0 {
            found.append(
                Finding(
                    .error, check: check, message: "the operator is set to 0 replicas: nothing works on Conversations",
                    remedy: "kubectl scale -n \(facts.namespace) deployment/skyflo-operator --replicas=1"))
        } else if case .complete = status {
        } else {
            let isUp = (deployment["status", "availableReplicas"]?.int ?? 0) > 0
            let causes = facts.troubles.map {
                Finding(isUp ? .warning : .error, check: check, message: $0.message, remedy: $0.remedy)
            }
            found +=
                causes.isEmpty
                ? [
                    Finding(
                        isUp ? .warning : .error, check: check, message: status.text,
                        remedy: "kubectl describe -n \(facts.namespace) deployment/skyflo-operator")
                ] : causes
        }
        found += optional + skew(deployment, facts: facts)
        let ready = deployment["status", "readyReplicas"]?.int ?? 0
        return found.isEmpty
            ? [
                Finding(
                    .ok, check: check,
                    message: "version \(facts.version), \(ready) of \(replicas.counted(as: "replica")) ready")
            ]
            : found
    }

    private static func skew(_ deployment: KubeObject, facts: InstallationFacts) -> [Finding] {
        guard let version = deployment.labels["app.kubernetes.io/version"] else {
            return [
                Finding(
                    .warning, check: "Operator",
                    message: "the operator's Deployment doesn't say which version it belongs to",
                    remedy: facts.install)
            ]
        }
        guard version != facts.version else { return [] }
        return [
            Finding(
                .warning, check: "Operator",
                message: "the operator's manifests are of version \(version), and this program is \(facts.version)",
                remedy: "use the program of version \(version), or \(facts.install)")
        ]
    }
}
