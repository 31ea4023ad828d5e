import ControllerRuntime
import KubeClient
import KubeModel
import SkyfloAPI
import WorkflowEngine
import Writes

/// Makes the Conversations of triggers. The same cause twice, or by two workers, makes one.
struct TriggerLauncher: Sendable {
    /// It comes to nothing until somebody corrects what the message says.
    struct Refused: Error, Sendable, Hashable {
        var message: String
    }

    enum Outcome: Sendable {
        case created(KubeObject)
        /// It was made before.
        case existed(KubeObject)

        var object: KubeObject {
            switch self {
            case .created(let object), .existed(let object): object
            }
        }
    }

    let dependencies: ConversationReconciler.Dependencies

    private var api: any KubeAPI { dependencies.api }

    func plan(_ trigger: TriggerSettings, of skyflo: SkyfloAI) -> TriggeredConversation {
        let redactor = Redactor(key: dependencies.options.redactionKey)
        return TriggeredConversation(
            skyfloAI: skyflo.object.key, trigger: trigger,
            // Where two people are asked for it has to be known who made it. Then it is the operator's, and others can't add to it.
            creator: skyflo.approvals.twoPerson ? dependencies.options.user : nil,
            redact: { redactor.redact(text: $0) })
    }

    /// - Throws: ``Refused``; what the API server says that may pass.
    func launch(
        _ plan: TriggeredConversation, because cause: TriggeredConversation.Cause, of skyflo: SkyfloAI
    ) async throws -> Outcome {
        try await checkReach(of: plan, skyflo)
        let object: KubeObject
        do {
            object = try plan.object(for: cause)
        } catch {
            throw Refused(message: error.message)
        }
        do {
            let created = try await api.create(
                object, in: .conversations, options: WriteOptions(fieldManager: SkyfloGroup.fieldManager))
            dependencies.conversations.insert(created)
            announce(created, of: skyflo, because: plan.description(of: cause))
            return .created(created)
        } catch let status as APIStatus where status.reason == .alreadyExists {
            return .existed(try await existing(object, of: plan))
        } catch let status as APIStatus where status.code < 500 && status.code != 429 && status.code != 409 {
            throw Refused(message: "the Conversation \(object.key) can't be created: \(status.message)")
        }
    }

    private func announce(_ created: KubeObject, of skyflo: SkyfloAI, because cause: String) {
        dependencies.events.normal(created, reason: "Triggered", message: cause)
        dependencies.events.normal(
            skyflo.object, reason: "ConversationCreated", message: "created Conversation \(created.key): \(cause)")
    }

    private func existing(_ object: KubeObject, of plan: TriggeredConversation) async throws -> KubeObject {
        let found = try await api.get(.conversations, namespace: object.namespace, name: object.name)
        guard found.labels[TriggerOrigin.idLabel] == plan.id else {
            throw Refused(
                message: "a Conversation \(found.key) exists that the trigger has not made: delete or rename it")
        }
        dependencies.conversations.insert(found)
        return found
    }

    // MARK: Where it may

    /// In the SkyfloAI's own namespace who may write it may have tools run as any ServiceAccount. Elsewhere only the operator's
    /// default SkyfloAI governs anything, and whoever has rights there has to have consented: by the right of that ServiceAccount
    /// to create Conversations.
    private func checkReach(of plan: TriggeredConversation, _ skyflo: SkyfloAI) async throws {
        let (namespace, own) = (plan.namespace, skyflo.object.key)
        guard namespace != own.namespace else { return }
        guard own == dependencies.options.defaultSkyfloAI else {
            throw Refused(
                message:
                    "namespace \(namespace) is another one, in which only the triggers of the operator's default SkyfloAI can "
                    + "make Conversations")
        }
        guard dependencies.skyfloAIs.list(namespace: namespace).isEmpty else {
            throw Refused(message: "namespace \(namespace) has a SkyfloAI of its own: its triggers belong there")
        }
        let user = Impersonation.serviceAccount(namespace: namespace, name: plan.trigger.serviceAccountName).user
        let request = KubeRequest(.post, path: APIResource.conversations.path(namespace: namespace))
        guard let access = ResourceAccess(request) else { return }
        do {
            guard try await AccessReview.allows(access, user: user, groups: ApproverRights.groups(of: user), api: api)
            else {
                throw Refused(
                    message:
                        "ServiceAccount \(namespace)/\(plan.trigger.serviceAccountName) may not \(access), which a trigger from "
                        + "another namespace needs (role skyflo-requester)")
            }
        } catch let status as APIStatus where status.code == 403 {
            throw Refused(message: "the operator may not ask what ServiceAccounts may do: \(status.message)")
        }
    }
}
