import ControllerRuntime
import KubeClient
import KubeModel
import SkyfloAPI
import Synchronization
import WorkflowEngine

/// What is done about a notification of Alertmanager.
struct WebhookHandler: Sendable {
    /// Which trigger is called.
    struct Target: Sendable, Hashable {
        var skyfloAI: ObjectKey
        var trigger: String
    }

    /// An answer in HTTP's terms.
    struct Answer: Error, Sendable, Hashable {
        var status: Int
        var message: String
        /// `NAMESPACE/NAME`
        var conversation: String?

        init(_ status: Int, _ message: String, conversation: ObjectKey? = nil) {
            self.status = status
            self.message = message
            self.conversation = conversation?.description
        }

        /// The same for everything that isn't there and everybody who isn't known.
        static let unauthorized = Answer(401, "the trigger does not exist, or what you show does not fit it")
    }

    /// A trigger whose caller is known.
    struct Admitted: Sendable {
        fileprivate var skyflo: SkyfloAI
        fileprivate var trigger: TriggerSettings
        fileprivate var settings: AlertmanagerSettings
    }

    private let dependencies: ConversationReconciler.Dependencies
    private let credentials = WebhookCredentials()
    private let journal: TriggerJournal
    private let launcher: TriggerLauncher
    /// Has the status of a SkyfloAI written.
    private let wake: @Sendable (ObjectKey) -> Void

    init(
        _ dependencies: ConversationReconciler.Dependencies, journal: TriggerJournal,
        wake: @escaping @Sendable (ObjectKey) -> Void
    ) {
        self.dependencies = dependencies
        self.journal = journal
        self.wake = wake
        launcher = TriggerLauncher(dependencies: dependencies)
    }

    // MARK: Who calls

    /// Before anything of the body is read.
    /// - Throws: ``Answer``.
    func admit(_ authorization: String?, to target: Target) async throws -> Admitted {
        guard dependencies.worksOnTriggers(of: target.skyfloAI),
            let object = dependencies.skyfloAIs.get(target.skyfloAI), !object.isBeingDeleted
        else { throw Answer.unauthorized }
        let skyflo = SkyfloAI(object)
        guard let trigger = skyflo.triggers.first(where: { $0.name == target.trigger }),
            case .alertmanager(let settings) = trigger.source
        else { throw Answer.unauthorized }
        do {
            let isKnown = try await credentials.accept(
                authorization, for: settings, of: skyflo, api: dependencies.api, clock: dependencies.clock)
            guard isKnown else {
                TriggerMetrics.count(trigger.source, .unauthorized)
                throw Answer.unauthorized
            }
        } catch let unusable as WebhookCredentials.Unusable {
            note(error: unusable.message, of: trigger, in: skyflo)
            throw Answer.unauthorized
        } catch let status as APIStatus {
            throw Self.unavailable(status)
        }
        return Admitted(skyflo: skyflo, trigger: trigger, settings: settings)
    }

    private static func unavailable(_ status: APIStatus) -> Answer {
        Answer(503, "the API server can't do it at the moment: \(status.reason.rawValue)")
    }

    // MARK: What it says

    /// - Returns: what Alertmanager is told: one of 5xx is sent again, another failure isn't.
    func handle(_ body: [UInt8], for admitted: Admitted) async throws -> Answer {
        let (skyflo, trigger) = (admitted.skyflo, admitted.trigger)
        guard !trigger.isSuspended, !skyflo.stop else {
            return Answer(200, "the trigger is suspended; nothing was done")
        }
        let notification: AlertNotification
        do {
            notification = try AlertNotification(body)
        } catch {
            note(error: "a notification was refused: \(error.message)", of: trigger, in: skyflo)
            TriggerMetrics.count(trigger.source, .refused)
            return Answer(400, error.message)
        }
        let plan = launcher.plan(trigger, of: skyflo)
        do {
            return notification.isFiring
                ? try await fire(notification, by: plan, for: admitted)
                : try await resolve(notification, by: plan, for: admitted)
        } catch let refused as TriggerLauncher.Refused {
            note(error: refused.message, of: trigger, in: skyflo)
            TriggerMetrics.count(trigger.source, .refused)
            return Answer(422, refused.message)
        } catch let status as APIStatus {
            return Self.unavailable(status)
        }
    }

    private func fire(
        _ notification: AlertNotification, by plan: TriggeredConversation, for admitted: Admitted
    ) async throws -> Answer {
        let (skyflo, trigger) = (admitted.skyflo, admitted.trigger)
        let made = conversations(of: plan)
        if let open = open(notification, among: made) {
            return try await tell(open, of: notification, by: plan, for: admitted)
        }
        let lately = made.filter { conversation in
            conversation.object.creationTimestamp.map { now.seconds(since: $0) < 3600 } ?? true
        }
        let name = plan.name(of: .alerts(notification))
        guard lately.count < admitted.settings.maxPerHour || made.contains(where: { $0.object.name == name }) else {
            let message =
                "the trigger has made \(lately.count) Conversations within an hour, as many as it may (maxPerHour)"
            note(error: message, of: trigger, in: skyflo)
            TriggerMetrics.count(trigger.source, .capped)
            return Answer(429, message)
        }
        switch try await launcher.launch(plan, because: .alerts(notification), of: skyflo) {
        case .existed(let object): return known(object, of: trigger, in: skyflo)
        case .created(let object):
            TriggerMetrics.count(trigger.source, .created)
            note(object, of: trigger, in: skyflo)
            return Answer(201, "created", conversation: object.key)
        }
    }

    /// The group's Conversation hears of alerts that have joined it.
    private func tell(
        _ open: KubeObject, of notification: AlertNotification, by plan: TriggeredConversation, for admitted: Admitted
    ) async throws -> Answer {
        let (skyflo, trigger) = (admitted.skyflo, admitted.trigger)
        var object = open
        for _ in 0..<3 {
            guard let patch = plan.joining(notification, to: Conversation(object)) else {
                return known(object, of: trigger, in: skyflo)
            }
            do {
                let told = try await dependencies.api.patch(
                    .conversations, namespace: object.namespace, name: object.name, patch: .merge(patch),
                    options: WriteOptions(fieldManager: SkyfloGroup.fieldManager))
                dependencies.conversations.insert(told)
                TriggerMetrics.count(trigger.source, .joined)
                note(told, of: trigger, in: skyflo)
                return Answer(200, "told of further alerts", conversation: told.key)
            } catch let status as APIStatus where status.isConflict {
                // Its turn goes on, or another worker has told it.
                object = try await dependencies.api.get(
                    .conversations, namespace: object.namespace, name: object.name)
            }
        }
        return Answer(503, "the Conversation changes too often at the moment", conversation: object.key)
    }

    private func known(_ object: KubeObject, of trigger: TriggerSettings, in skyflo: SkyfloAI) -> Answer {
        TriggerMetrics.count(trigger.source, .known)
        note(object, of: trigger, in: skyflo)
        return Answer(200, "known already", conversation: object.key)
    }

    private func resolve(
        _ notification: AlertNotification, by plan: TriggeredConversation, for admitted: Admitted
    ) async throws -> Answer {
        let (skyflo, trigger) = (admitted.skyflo, admitted.trigger)
        guard let open = latest(of: notification, among: conversations(of: plan)) else {
            return Answer(200, "no Conversation waits for it")
        }
        var patch: JSONValue = [
            "metadata": [
                "uid": .string(open.uid),
                "annotations": .object([TriggerOrigin.resolvedAnnotation: .string(now.description)]),
            ]
        ]
        if admitted.settings.resolved == .tell {
            let message: JSONValue = ["content": .string(plan.resolvedMessage(notification))]
            patch["spec"] = ["followUps": .object([TriggerOrigin.resolvedFollowUp: message])]
        }
        do {
            let told = try await dependencies.api.patch(
                .conversations, namespace: open.object.namespace, name: open.object.name, patch: .merge(patch),
                options: WriteOptions(fieldManager: SkyfloGroup.fieldManager))
            dependencies.conversations.insert(told)
        } catch let status as APIStatus where status.isNotFound || status.isConflict || status.code == 422 {
            // It is gone, or was told already, in other words: a follow-up doesn't change.
            return Answer(200, "no Conversation waits for it")
        }
        TriggerMetrics.count(trigger.source, .resolved)
        note(open.object, of: trigger, in: skyflo)
        return Answer(200, "resolved", conversation: open.key)
    }

    // MARK: What was made before

    private var now: KubeTime { dependencies.clock.now }

    private func conversations(of plan: TriggeredConversation) -> [Conversation] {
        dependencies.conversations.list(namespace: plan.namespace).filter {
            $0.labels[TriggerOrigin.idLabel] == plan.id && !$0.isBeingDeleted
        }.map { Conversation($0) }
    }

    /// The newest of the group whose alerts aren't known to have resolved.
    private func latest(of notification: AlertNotification, among made: [Conversation]) -> Conversation? {
        let group = TriggeredConversation.group(notification)
        return made.filter {
            $0.object.labels[TriggerOrigin.groupLabel] == group
                && $0.object.annotations[TriggerOrigin.resolvedAnnotation] == nil
        }.max {
            ($0.object.creationTimestamp ?? now, $0.object.name) < ($1.object.creationTimestamp ?? now, $1.object.name)
        }
    }

    /// The Conversation that a firing group has already. Alerts that all began after it was made are others: Alertmanager doesn't
    /// have to say that the earlier ones have resolved (`send_resolved`).
    private func open(_ notification: AlertNotification, among made: [Conversation]) -> KubeObject? {
        guard let latest = latest(of: notification, among: made) else { return nil }
        guard let createdAt = latest.object.creationTimestamp, notification.since > createdAt else {
            return latest.object
        }
        return nil
    }

    private func note(_ object: KubeObject, of trigger: TriggerSettings, in skyflo: SkyfloAI) {
        let entry = TriggerJournal.Entry(at: now, conversation: object.key.description)
        journal.note(entry, of: trigger.name, in: skyflo.object.key)
        wake(skyflo.object.key)
    }

    private func note(error: String, of trigger: TriggerSettings, in skyflo: SkyfloAI) {
        journal.note(.init(at: now, error: error), of: trigger.name, in: skyflo.object.key)
        wake(skyflo.object.key)
    }
}
