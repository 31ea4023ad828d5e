import KubeModel
import SkyfloAPI

/// What works on Conversations, and how these and their settings are.
extension InstallationDiagnosis {
    /// By how much clocks may differ before a Lease counts as left alone.
    private static let clockTolerance = 30.0

    /// Who holds a Lease that was renewed in time.
    private static func freshHolders(_ facts: InstallationFacts) -> Set<String> {
        Set((facts.leases.value ?? []).filter { isFresh($0, at: facts.now) }.map(holder))
    }

    private static func holder(_ lease: KubeObject) -> String { lease["spec", "holderIdentity"]?.string ?? "" }

    private static func isFresh(_ lease: KubeObject, at now: KubeTime) -> Bool {
        guard !holder(lease).isEmpty, let renewed = lease["spec", "renewTime"]?.string.flatMap({ KubeTime($0) }) else {
            return false
        }
        let duration = Double(lease["spec", "leaseDurationSeconds"]?.int ?? 15)
        return renewed.adding(seconds: duration + clockTolerance) >= now
    }

    // MARK: Leases

    static func leases(_ facts: InstallationFacts) -> [Finding] {
        let check = "Workers"
        switch facts.leases {
        case .forbidden(let reason):
            return [
                Finding(
                    .warning, check: check,
                    message: "you may not list the Leases, so they were not looked at: \(reason)",
                    remedy: "let a cluster administrator run this command")
            ]
        case .read(let leases):
            let fresh = freshHolders(facts)
            let left = leases.filter { !holder($0).isEmpty && !isFresh($0, at: facts.now) }
            var found = left.map { lease in
                Finding(
                    .warning, check: check,
                    message:
                        "the worker \(holder(lease)) hasn't renewed its Lease since \(lease["spec", "renewTime"]?.string ?? "ever")",
                    remedy: "kubectl logs -n \(facts.namespace) \(holder(lease))")
            }
            let deployment = facts.live(kind: "Deployment", name: "skyflo-operator")
            let isUp = (deployment?["status", "readyReplicas"]?.int ?? 0) > 0
            if fresh.isEmpty, isUp {
                found.append(
                    Finding(
                        .error, check: check,
                        message: "the operator is ready, and no worker holds a Lease: nothing works on Conversations",
                        remedy: "kubectl logs -n \(facts.namespace) deployment/skyflo-operator"))
            }
            guard found.isEmpty, !fresh.isEmpty else { return found }
            return [Finding(.ok, check: check, message: "\(fresh.count.counted(as: "worker")) at work")]
        }
    }

    // MARK: SkyfloAIs

    static func settings(_ facts: InstallationFacts) -> [Finding] {
        let check = "Settings"
        guard case .read(let all) = facts.settings else {
            return [Finding(.warning, check: check, message: "SkyfloAIs may not be listed, so they were not looked at")]
        }
        if all.isEmpty {
            return [
                Finding(
                    .warning, check: check, message: "there is no SkyfloAI: Conversations wait until there is one",
                    remedy: "kubectl apply -f config/samples/openai.yaml")
            ]
        }
        var found = all.flatMap { settings($0, facts: facts) }
        found += facts.missingReferences.map { missing in
            Finding(
                .error, check: check,
                message:
                    "SkyfloAI \(missing.settings) names the \(missing.kind) \(missing.name), which isn't in its namespace",
                remedy: "kubectl create \(missing.kind == "Secret" ? "secret generic" : "configmap") \(missing.name) "
                    + "-n \(missing.settings.namespace ?? facts.namespace) --from-literal=KEY=VALUE")
        }
        return found.isEmpty
            ? [Finding(.ok, check: check, message: "\(all.count.counted(as: "SkyfloAI")) without a fault")] : found
    }

    private static func settings(_ object: KubeObject, facts: InstallationFacts) -> [Finding] {
        let describe = "kubectl describe sky -n \(object.namespace ?? "default") \(object.name)"
        let conditions = SkyfloAIStatus(json: object["status"] ?? [:])?.conditions ?? []
        let observed = object["status", "observedGeneration"]?.int ?? 0
        let age = object.creationTimestamp.map { $0.adding(seconds: clockTolerance) < facts.now } ?? true
        guard observed >= object.generation || !age else {
            return [
                Finding(
                    .error, check: "Settings",
                    message: "SkyfloAI \(object.key): the operator hasn't looked at its last change",
                    remedy: "kubectl logs -n \(facts.namespace) deployment/skyflo-operator")
            ]
        }
        // A Degraded that holds is as bad as a Ready that doesn't.
        let bad = conditions.filter { $0.status == (["Degraded", "Progressing"].contains($0.type) ? .true : .false) }
        return bad.filter { $0.type != "Progressing" }.map { condition in
            let allowsUnproven = object["spec", "approvals", "allowUnproven"]?.bool == true
            let isGrave =
                ["Ready", "Available", "Degraded"].contains(condition.type)
                || condition.type == "ApprovalsProven" && !allowsUnproven
            return Finding(
                isGrave ? .error : .warning, check: "Settings",
                message:
                    "SkyfloAI \(object.key): \(condition.type) is \(condition.status.rawValue) (\(condition.reason)): "
                    + condition.message, remedy: describe)
        }
    }

    // MARK: Conversations

    static func conversations(_ facts: InstallationFacts) -> [Finding] {
        let check = "Conversations"
        guard case .read(let all) = facts.conversations else {
            return [
                Finding(.warning, check: check, message: "Conversations may not be listed, so they were not looked at")
            ]
        }
        let fresh = freshHolders(facts)
        let found = all.compactMap { stuck(Conversation($0), fresh: fresh, facts: facts) }
        guard found.isEmpty else {
            let shown = 20
            guard found.count > shown else { return found }
            return found.prefix(shown) + [
                Finding(
                    .warning, check: check, message: "and \((found.count - shown).counted(as: "Conversation")) more",
                    remedy: "kubectl get conv -A")
            ]
        }
        let running = all.count { Conversation($0).status.phase?.isTerminal == false }
        return [
            Finding(
                .ok, check: check,
                message: "\(all.count.counted(as: "Conversation")), \(running) of them not done; none is stuck")
        ]
    }

    private static func stuck(
        _ conversation: Conversation, fresh: Set<String>, facts: InstallationFacts
    ) -> Finding? {
        let object = conversation.object
        let name = "Conversation \(object.key)"
        let describe = "kubectl describe conv -n \(object.namespace ?? "default") \(object.name)"
        guard !object.isBeingDeleted else { return nil }
        guard let phase = conversation.status.phase else {
            let isOld = object.creationTimestamp.map { $0.adding(seconds: 60) < facts.now } ?? true
            guard isOld else { return nil }
            return Finding(
                .error, check: "Conversations", message: "\(name) was not taken up by any worker",
                remedy: "kubectl logs -n \(facts.namespace) deployment/skyflo-operator")
        }
        let accepted = conversation.status.conditions[type: ConversationCondition.accepted.rawValue]
        if let accepted, accepted.status == .false {
            return Finding(
                .warning, check: "Conversations", message: "\(name) waits (\(accepted.reason)): \(accepted.message)",
                remedy: describe)
        }
        let worker = conversation.status.worker.identity
        // Who waits for a person is nobody's work.
        guard [.planning, .executing, .verifying].contains(phase), !worker.isEmpty, facts.leases.value != nil,
            !fresh.contains(worker)
        else { return nil }
        return Finding(
            .error, check: "Conversations",
            message: "\(name) is \(phase.rawValue), and its worker \(worker) holds no Lease",
            remedy: "kubectl rollout restart -n \(facts.namespace) deployment/skyflo-operator")
    }
}
