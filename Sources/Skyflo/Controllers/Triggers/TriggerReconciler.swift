import ControllerRuntime
import KubeClient
import KubeModel
import Metrics
import SkyfloAPI
import WorkflowEngine

/// Makes the Conversations of cron triggers when they are due, removes those of all triggers that are over and too many, and
/// says in the SkyfloAI's status how its triggers stand.
struct TriggerReconciler: Reconciler {
    /// The longest sleep: wall clocks jump, and nobody tells.
    static let longestPause = Duration.seconds(30)

    private let dependencies: ConversationReconciler.Dependencies
    private let journal: TriggerJournal
    private let launcher: TriggerLauncher

    /// - Parameter dependencies: its clock is that of the schedules.
    init(_ dependencies: ConversationReconciler.Dependencies, journal: TriggerJournal) {
        self.dependencies = dependencies
        self.journal = journal
        launcher = TriggerLauncher(dependencies: dependencies)
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        let noted = journal.take(key)
        guard dependencies.worksOnTriggers(of: key), let object = dependencies.skyfloAIs.get(key),
            !object.isBeingDeleted
        else { return .done }
        let skyflo = SkyfloAI(object)
        guard !skyflo.triggers.isEmpty || !skyflo.status.triggers.isEmpty else { return .done }
        do {
            var statuses: [TriggerStatus] = []
            for trigger in skyflo.triggers {
                statuses.append(try await look(at: trigger, of: skyflo, noted: noted[trigger.name]))
            }
            try await write(statuses, to: skyflo)
            return .requeue(after: pause(until: statuses.compactMap(\.nextTime).min()))
        } catch let status as APIStatus where status.isConflict {
            journal.giveBack(noted, of: key)
            return .requeue(after: .milliseconds(50))
        } catch {
            journal.giveBack(noted, of: key)
            throw error
        }
    }

    private func pause(until next: KubeTime?) -> Duration {
        guard let next else { return Self.longestPause }
        let left = Duration.seconds(max(0, next.seconds(since: dependencies.clock.now))) + .milliseconds(1)
        return min(left, Self.longestPause)
    }

    // MARK: One trigger

    private func look(
        at trigger: TriggerSettings, of skyflo: SkyfloAI, noted: TriggerJournal.Entry?
    ) async throws -> TriggerStatus {
        let known = skyflo.status.triggers.first { $0.name == trigger.name && $0.type == trigger.source.name }
        var status = known ?? TriggerStatus(name: trigger.name, type: trigger.source.name)
        let plan = launcher.plan(trigger, of: skyflo)
        let made = conversations(of: plan)
        switch trigger.source {
        case .cron(let settings):
            status = try await run(trigger, by: settings, plan: plan, of: skyflo, made: made, known: status)
        case .alertmanager:
            if let noted {
                status.lastTime = noted.at
                status.lastConversation = noted.conversation ?? status.lastConversation
                note(noted.error, in: &status)
            }
            do throws(TriggerPlaceholder.Problem) {
                try TriggerPlaceholder.check(trigger.message, of: trigger.source)
            } catch {
                note(error.message, in: &status)
            }
        }
        try await removeOld(made, keeping: trigger.historyLimit)
        return status
    }

    private func note(_ error: String?, in status: inout TriggerStatus) {
        let error = error?.bounded(to: 1024)
        guard status.lastError != error else { return }
        status.lastError = error
        status.lastErrorTime = error == nil ? nil : now
    }

    /// To the second, as it is stored.
    private var now: KubeTime {
        let microseconds = dependencies.clock.now.microseconds
        return KubeTime(microseconds: microseconds - microseconds % 1_000_000)
    }

    private func conversations(of plan: TriggeredConversation) -> [Conversation] {
        dependencies.conversations.list(namespace: plan.namespace).filter {
            $0.labels[TriggerOrigin.idLabel] == plan.id && !$0.isBeingDeleted
        }.map { Conversation($0) }
    }

    // MARK: Schedules

    private func run(
        _ trigger: TriggerSettings, by settings: CronSettings, plan: TriggeredConversation, of skyflo: SkyfloAI,
        made: [Conversation], known: TriggerStatus
    ) async throws -> TriggerStatus {
        var status = known
        if status.schedule != TriggerSchedule.key(of: settings) || status.countedFrom == nil {
            status.schedule = TriggerSchedule.key(of: settings)
            status.countedFrom = now
        }
        status.nextTime = nil
        let schedule: TriggerSchedule
        do throws(TriggerLauncher.Refused) {
            schedule = try self.schedule(trigger, settings)
        } catch {
            note(error.message, in: &status)
            return status
        }
        guard !trigger.isSuspended, !skyflo.stop, let base = status.countedFrom else {
            note(nil, in: &status)
            return status
        }
        var running = made.filter { !$0.isOver }
        var decision = schedule.decide(since: base, now: now, isActive: !running.isEmpty)
        if let due = decision.due, running.contains(where: { $0.object.name == plan.name(of: .schedule(due)) }) {
            // It was made, and not noted: nothing else has to end for it.
            running.removeAll { $0.object.name == plan.name(of: .schedule(due)) }
            decision = .start(due, replaces: false)
        }
        switch decision {
        case .wait: break
        case .blocked(let due):
            let names = running.map(\.object.name).sorted().joined(separator: ", ")
            note("due at \(due), and waits for Conversation \(names) to end (concurrencyPolicy Forbid)", in: &status)
        case .missed(let due, let from):
            status.countedFrom = from
            let message = "missed \(due): more than \(settings.startingDeadlineSeconds) s ago (startingDeadlineSeconds)"
            note(message, in: &status)
            dependencies.events.warning(
                skyflo.object, reason: "TriggerMissed", message: "trigger \(trigger.name) \(message)")
            TriggerMetrics.count(trigger.source, .missed)
        case .start(let due, let replaces):
            if replaces { try await stop(running) }
            try await start(trigger, plan: plan, due: due, of: skyflo, noting: &status)
        }
        status.nextTime = schedule.next(since: status.countedFrom ?? base, now: now)
        return status
    }

    private func schedule(
        _ trigger: TriggerSettings, _ settings: CronSettings
    ) throws(TriggerLauncher.Refused) -> TriggerSchedule {
        do throws(TriggerPlaceholder.Problem) {
            try TriggerPlaceholder.check(trigger.message, of: trigger.source)
        } catch {
            throw TriggerLauncher.Refused(message: error.message)
        }
        let parsed: CronSchedule
        do throws(CronSchedule.Problem) {
            parsed = try CronSchedule(settings.schedule)
        } catch {
            throw TriggerLauncher.Refused(message: "the schedule \"\(settings.schedule)\" can't be read: \(error.text)")
        }
        guard parsed.intervalSeconds ?? 60 >= 60 else {
            throw TriggerLauncher.Refused(
                message: "the schedule \"\(settings.schedule)\" has less than a minute between two times")
        }
        guard let zone = LocalTime.zone(settings.timeZone) else {
            throw TriggerLauncher.Refused(message: "the time zone \(settings.timeZone) isn't known")
        }
        guard parsed.next(after: now, in: zone.info) != nil else {
            throw TriggerLauncher.Refused(message: "the schedule \"\(settings.schedule)\" is never due")
        }
        return TriggerSchedule(schedule: parsed, zone: zone.info, settings: settings)
    }

    private func start(
        _ trigger: TriggerSettings, plan: TriggeredConversation, due: KubeTime, of skyflo: SkyfloAI,
        noting status: inout TriggerStatus
    ) async throws {
        do {
            let outcome = try await launcher.launch(plan, because: .schedule(due), of: skyflo)
            if case .created = outcome { TriggerMetrics.count(trigger.source, .created) }
            status.lastConversation = outcome.object.key.description
            status.lastTime = due
            status.countedFrom = due
            note(nil, in: &status)
        } catch let refused as TriggerLauncher.Refused {
            // It is tried again until its deadline: somebody may correct it.
            note("due at \(due): \(refused.message)", in: &status)
            if status.lastErrorTime == now {
                dependencies.events.warning(
                    skyflo.object, reason: "TriggerRefused", message: "trigger \(trigger.name): \(refused.message)")
                TriggerMetrics.count(trigger.source, .refused)
            }
        }
    }

    /// As a person stops one: its turn ends, and nothing that it has begun is left halfway.
    private func stop(_ conversations: [Conversation]) async throws {
        for conversation in conversations where !conversation.spec.stop {
            let patch: JSONValue = ["metadata": ["uid": .string(conversation.uid)], "spec": ["stop": true]]
            do {
                let stopped = try await dependencies.api.patch(
                    .conversations, namespace: conversation.namespace, name: conversation.object.name,
                    patch: .merge(patch), options: WriteOptions(fieldManager: SkyfloGroup.fieldManager))
                dependencies.conversations.insert(stopped)
            } catch let status as APIStatus where status.isNotFound || status.isConflict {
                // Gone, or another one has its name.
            }
        }
    }

    // MARK: What is kept

    /// How long a Conversation about alerts stays that nobody said have resolved: told again, they would make another.
    private static let longestAlert = 7.0 * 86_400

    private func removeOld(_ made: [Conversation], keeping limit: Int) async throws {
        let removable = made.filter { $0.isOver && !mayBeToldAgain($0) }
        let sorted = removable.sorted {
            ($0.object.creationTimestamp ?? now, $0.object.name) > ($1.object.creationTimestamp ?? now, $1.object.name)
        }
        for conversation in sorted.dropFirst(limit) {
            do {
                try await dependencies.api.delete(
                    .conversations, namespace: conversation.namespace, name: conversation.object.name,
                    options: DeleteOptions(
                        uid: conversation.uid, resourceVersion: conversation.object.resourceVersion,
                        propagation: .background))
            } catch let status as APIStatus where status.isNotFound || status.isConflict {
                // Gone already, or changed: then it isn't over.
            }
        }
    }

    private func mayBeToldAgain(_ conversation: Conversation) -> Bool {
        guard conversation.object.labels[TriggerOrigin.groupLabel] != nil,
            conversation.object.annotations[TriggerOrigin.resolvedAnnotation] == nil
        else { return false }
        return conversation.object.creationTimestamp.map { now.seconds(since: $0) < Self.longestAlert } ?? true
    }

    // MARK: Status

    private func write(_ statuses: [TriggerStatus], to skyflo: SkyfloAI) async throws {
        guard statuses != skyflo.status.triggers else { return }
        let object = skyflo.object
        let patch: JSONValue = [
            "metadata": ["resourceVersion": .string(object.resourceVersion), "uid": .string(object.uid)],
            "status": ["triggers": statuses.isEmpty ? .null : statuses.json],
        ]
        let written = try await dependencies.api.patch(
            .skyfloAIs, namespace: object.namespace, name: object.name, subresource: "status", patch: .merge(patch),
            options: WriteOptions(fieldManager: SkyfloGroup.fieldManager))
        dependencies.skyfloAIs.insert(written)
    }
}

extension ConversationReconciler.Dependencies {
    /// Not those of namespaces whose Conversations this operator doesn't see.
    func worksOnTriggers(of skyfloAI: ObjectKey) -> Bool {
        conversations.namespace == nil || conversations.namespace == skyfloAI.namespace
    }
}

/// What the operator counts of triggers.
package enum TriggerMetrics {
    /// What each metric says.
    package static let help = ["skyflo_triggers_total": "What triggers were asked to do, by what came of it"]

    enum Result: String {
        case created = "Created"
        /// The Conversation was there already.
        case known = "Known"
        /// Alerts have joined a group that has a Conversation, which was told.
        case joined = "Joined"
        case resolved = "Resolved"
        /// More than the trigger may make within an hour.
        case capped = "Capped"
        case missed = "Missed"
        case refused = "Refused"
        /// Who sent it isn't known.
        case unauthorized = "Unauthorized"
    }

    static func count(_ source: TriggerSettings.Source, _ result: Result) {
        Counter(label: "skyflo_triggers_total", dimensions: [("type", source.name), ("result", result.rawValue)])
            .increment()
    }
}
