import ControllerRuntime
import KubeClient
import KubeModel
import LanguageModels
import SkyfloAPI

/// Says in a SkyfloAI's status whether conversations can use it.
package struct SkyfloAIReconciler: Reconciler {
    private let api: any KubeAPI
    private let skyfloAIs: Informer
    private let models: any ModelProvider
    private let clock: any RuntimeClock
    private let keys: ModelKeyCache
    private let proofs: AdmissionPolicyCheckCache
    private let runbooks: RunbookCache
    private let probe: IntegrationProbe
    private let helmProbe: HelmRepositoryProbe
    private let events: EventRecorder
    private let directory: @Sendable (ObjectKey) -> IntegrationDirectory
    private let charts: @Sendable (ObjectKey) -> ChartDirectory

    /// - Parameter dependencies: what it finds out spares the conversations' reconciler asking for it again.
    package init(_ dependencies: ConversationReconciler.Dependencies) {
        api = dependencies.api
        skyfloAIs = dependencies.skyfloAIs
        models = dependencies.models
        clock = dependencies.clock
        keys = dependencies.keys
        proofs = dependencies.proofs
        runbooks = dependencies.runbooks
        probe = dependencies.integrationProbe
        helmProbe = dependencies.helmProbe
        events = dependencies.events
        directory = { IntegrationDirectory(of: $0, dependencies) }
        charts = { ChartDirectory(of: $0, dependencies) }
    }

    package func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let object = skyfloAIs.get(key), !object.isBeingDeleted else { return .done }
        let skyflo = SkyfloAI(object)
        let (reason, message) = try await problem(of: skyflo) ?? ("Ready", Self.readyMessage(skyflo))
        var conditions = skyflo.conditions
        conditions.set(
            Condition(
                type: "Ready", status: reason == "Ready" ? .true : .false, reason: reason, message: message,
                observedGeneration: object.generation, lastTransitionTime: clock.now))
        conditions.set(rulesCondition(of: skyflo))
        conditions.set(skyflo.secretsCondition(at: clock.now))
        conditions.set(try await runbooksCondition(of: skyflo))
        let finding = try await proofs.look(api)
        conditions.set(proof(finding, of: skyflo))
        var status = SkyfloAIStatus()
        status.observedGeneration = object.generation
        status.defaultModel = skyflo.models.first?.name ?? ""
        status.conditions = conditions
        status.integrations = try await probe.look(skyflo, directory(key))
        status.helmRepositories = try await helmProbe.look(skyflo, charts(key))
        status.mcpServers = try await MCPProbe(directory(key)).look(skyflo)
        var content = status.json
        for list in ["integrations", "helmRepositories", "mcpServers"]
        where content[list] == nil && object["status", list] != nil {
            content[list] = .null
        }
        // What models cost is counted by others, in the same status.
        let stored = object["status"] ?? .object([:])
        if MergePatch.apply(content, to: stored) != stored {
            let patch: JSONValue = [
                "metadata": ["resourceVersion": .string(object.resourceVersion)], "status": content,
            ]
            let written = try await api.patch(
                .skyfloAIs, namespace: object.namespace, name: object.name, subresource: "status", patch: .merge(patch),
                options: WriteOptions(fieldManager: SkyfloGroup.fieldManager))
            skyfloAIs.insert(written)
            for sentence in MCPNews.of(status.mcpServers, since: skyflo.status.mcpServers) {
                events.warning(object, reason: "MCPToolsNotAccepted", message: sentence)
            }
        }
        // A Secret or policy that is missing may come, one that is there may go; neither is watched.
        return .requeue(after: reason == "Ready" && finding.doubt == nil ? .seconds(60) : .seconds(5))
    }

    /// Whether all rules can be understood, and what of them can't.
    private func rulesCondition(of skyflo: SkyfloAI) -> Condition {
        let problems = RuleProblems.of(skyflo.approvals.rules, at: clock.now)
        let count = skyflo.approvals.rules.count
        return Condition(
            type: "RulesValid", status: problems.isEmpty ? .true : .false,
            reason: problems.isEmpty ? "RulesValid" : "RuleInvalid",
            message: problems.isEmpty
                ? Self.allUnderstood(count) : problems.prefix(16).joined(separator: "\n"),
            observedGeneration: skyflo.object.generation, lastTransitionTime: clock.now)
    }

    /// Whether the ConfigMaps of all runbooks are there. Conversations do without those that aren't.
    private func runbooksCondition(of skyflo: SkyfloAI) async throws -> Condition {
        var missing: [String] = []
        for runbook in skyflo.runbooks {
            let text = try await runbooks.text(of: runbook, in: skyflo, isNew: true, api: api, clock: clock)
            guard text == nil else { continue }
            missing.append(
                "runbook \(runbook.name): ConfigMap \(runbook.configMap) with a key \(runbook.key) does not exist, "
                    + "or may not be read")
        }
        let count = skyflo.runbooks.count
        let found = count == 0 ? "no runbooks" : "\(count.counted(as: "runbook")) found"
        return Condition(
            type: "RunbooksFound", status: missing.isEmpty ? .true : .false,
            reason: missing.isEmpty ? "RunbooksFound" : "RunbookMissing",
            message: missing.isEmpty ? found : missing.joined(separator: "\n"),
            observedGeneration: skyflo.object.generation, lastTransitionTime: clock.now)
    }

    private static func allUnderstood(_ count: Int) -> String {
        switch count {
        case 0: "no rules"
        case 1: "1 rule is understood"
        default: "all \(count) rules are understood"
        }
    }

    /// Whether approvals are proven, and in words what follows where they aren't.
    private func proof(_ finding: AdmissionPolicyCheck.Finding, of skyflo: SkyfloAI) -> Condition {
        let consequence =
            skyflo.approvals.allowUnproven
            ? "approvals count anyway, and anybody who may write conversations/status can make them in any name "
                + "(spec.approvals.allowUnproven)"
            : "approvals do not count until this is corrected, unless spec.approvals.allowUnproven is set"
        return Condition(
            type: "ApprovalsProven", status: finding.doubt == nil ? .true : .false, reason: finding.reason,
            message: finding.doubt.map { "\($0); \(consequence)" }
                ?? "the admission policy \(AdmissionPolicyCheck.name) ties each approval to its user",
            observedGeneration: skyflo.object.generation, lastTransitionTime: clock.now)
    }

    private func problem(of skyflo: SkyfloAI) async throws -> (String, String)? {
        for model in skyflo.models {
            guard let reference = model.apiKeySecretRef else { continue }
            let readAt = clock.uptime
            let secret: KubeObject?
            do {
                secret = try await SecretsAPI(api, for: skyflo).find(
                    .secrets, namespace: skyflo.object.namespace, name: reference.name)
            } catch let refused as SecretForbidden {
                return ("SecretForbidden", "model \(model.name): \(refused)")
            }
            guard let secret, SkyfloAI.mayHoldKey(secret), secret["data", reference.key] != nil else {
                return (
                    "SecretNotFound",
                    "model \(model.name): Secret \(reference.name) of type Opaque with a key \(reference.key) does not exist"
                )
            }
            do {
                let place = "Secret \(secret.key)"
                let key = try ModelKey.read(secret, key: reference.key, place: place, of: model.name)
                keys.remember(key, reference: reference, of: skyflo, readAt: readAt)
            } catch {
                return ("SecretInvalid", "model \(model.name): \(error.message)")
            }
        }
        for model in skyflo.models {
            do {
                let secrets = try await keys.secrets(of: model, in: skyflo, api: api, clock: clock)
                _ = try models.model(for: model, secrets: secrets)
            } catch let failure as ModelKey.Failure {
                return (
                    failure.isForbidden ? "SecretForbidden" : "SecretInvalid", "model \(model.name): \(failure.message)"
                )
            } catch let error as LanguageModelError {
                return ("ModelInvalid", "model \(model.name): \(error)")
            }
            if let missing = model.fallback.first(where: { skyflo.model(named: $0) == nil }) {
                return ("ModelInvalid", "model \(model.name): its fallback \(missing) is no model of this SkyfloAI")
            }
        }
        return nil
    }

    private static func readyMessage(_ skyflo: SkyfloAI) -> String {
        "models: " + skyflo.models.map(\.name).joined(separator: ", ")
    }
}
