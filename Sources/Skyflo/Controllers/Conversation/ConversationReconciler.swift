import ChartRepositories
import ControllerRuntime
import HTTPTransport
import KubeClient
import KubeModel
import LanguageModels
import LiveEvents
import Logging
import SkyfloAPI
import ToolKit
import Transcripts
import WorkflowEngine

/// Brings conversations forward: observes one, asks the engine what to do, does it, writes down what came of it, until
/// there is nothing to do before a person decides or says something.
package final class ConversationReconciler: Reconciler {
    package struct Dependencies: Sendable {
        package var api: any KubeAPI
        /// Conversations as the API server last told.
        package var conversations: Informer
        package var skyfloAIs: Informer
        package var mapper: RESTMapper
        package var tools: ToolRegistry
        package var models: any ModelProvider
        package var events: EventRecorder
        package var clock: any RuntimeClock
        package var logger: Logger
        package var options: Options
        /// Where turns are told to whoever follows them; nil where nobody can.
        package var live: LiveAccess?
        // What was found out a moment ago and needn't be asked for again.
        var keys = ModelKeyCache()
        var breakers = CircuitBreakers()
        var serviceAccounts = ServiceAccountCache()
        var proofs = AdmissionPolicyCheckCache()
        var installation = InstallationCache()
        var namespaceFacts = NamespaceFactsCache()
        var runbooks = RunbookCache()
        var integrationCredentials = IntegrationCredentialCache()
        var integrationProbe = IntegrationProbe()
        var helmIndexes = RepositoryIndexCache()
        var helmProbe = HelmRepositoryProbe()
        var mcpServers = MCPServerCache()
        /// Nothing is watched unless somebody runs it.
        let waits: WaitWatches
        /// Nothing is followed unless somebody runs it.
        let outputs: OutputFollower

        package init(
            api: any KubeAPI, conversations: Informer, skyfloAIs: Informer, mapper: RESTMapper, tools: ToolRegistry,
            models: any ModelProvider, events: EventRecorder, clock: any RuntimeClock = SystemClock(), logger: Logger,
            options: Options
        ) {
            self.api = api
            self.conversations = conversations
            self.skyfloAIs = skyfloAIs
            self.mapper = mapper
            self.tools = tools
            self.models = models
            self.events = events
            self.clock = clock
            self.logger = logger
            self.options = options
            waits = WaitWatches(clock: clock, logger: logger)
            outputs = OutputFollower(clock: clock, logger: logger)
        }
    }

    package struct Options: Sendable {
        /// Who we are in `status.worker`, for people who look.
        package var identity: String
        /// As whom the API server knows us. No tool works under this name: it may write the status of conversations.
        package var user: String
        /// Of the SkyfloAI that serves conversations which name none and whose namespace has none.
        package var defaultSkyfloAI: ObjectKey?
        /// The operator's own: where transcripts are kept.
        package var systemNamespace: String
        /// What the keyed hash that stands for a secret is made with. At least 16 bytes.
        package var redactionKey: [UInt8]
        /// How long a write's effect is watched.
        package var verificationTimeout: Duration
        /// nil where this worker is alone.
        package var lease: WorkerLease?
        /// How long a status stays as it is, at least, while a turn goes on. What people have to decide or are told at the end
        /// doesn't wait for it.
        package var progressInterval: Duration
        /// Those of the environment, for integrations.
        package var proxies: ProxyEnvironment
        /// nil where no spans are made.
        package var telemetry: TurnTelemetry?

        package init(
            identity: String, user: String, defaultSkyfloAI: ObjectKey? = nil,
            systemNamespace: String = "skyflo-system", redactionKey: [UInt8],
            verificationTimeout: Duration = .seconds(120), lease: WorkerLease? = nil,
            progressInterval: Duration = .seconds(1),
            proxies: ProxyEnvironment = ProxyEnvironment(), telemetry: TurnTelemetry? = nil
        ) {
            self.telemetry = telemetry
            self.progressInterval = progressInterval
            self.lease = lease
            self.proxies = proxies
            self.identity = identity
            self.user = user
            self.defaultSkyfloAI = defaultSkyfloAI
            self.systemNamespace = systemNamespace
            self.redactionKey = redactionKey
            self.verificationTimeout = verificationTimeout
        }
    }

    let dependencies: Dependencies
    private let records = TurnRecords()
    private let slots: TurnSlots

    /// Of the other workers.
    private let leases: LeaseObserver?
    /// When to look again at a conversation that another worker has.
    private let takeoverDelay: Duration

    package init(_ dependencies: Dependencies) {
        self.dependencies = dependencies
        slots = TurnSlots(
            conversations: dependencies.conversations,
            governing: Governing(skyfloAIs: dependencies.skyfloAIs, fallback: dependencies.options.defaultSkyfloAI))
        let lease = dependencies.options.lease
        leases = lease.map {
            LeaseObserver(api: dependencies.api, namespace: $0.namespace, clock: dependencies.clock)
        }
        // Where there should be no other there is one after all: what it has taken over is best left to it.
        takeoverDelay = lease.map { $0.duration / 3 } ?? .seconds(60)
    }

    package func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let object = dependencies.conversations.get(key), !object.isBeingDeleted else {
            forget(key)
            dependencies.live?.turns.abandon(key)
            return .done
        }
        let conversation = Conversation(object)
        if let result = try await deleteWhenOver(conversation) { return result }
        guard needsWork(conversation) else {
            try await addProgress(to: conversation)
            return expiry(of: conversation)
        }
        do {
            if conversation.restoration == nil, try await isHeldByAnotherWorker(conversation) {
                dependencies.live?.turns.abandon(key)
                return .requeue(after: takeoverDelay)
            }
            return try await work(on: conversation)
        } catch let status as APIStatus where status.code == 409 {
            // Somebody else wrote in between, or the cache is behind: look again.
            forget(key)
            return .requeue(after: .milliseconds(20))
        } catch let status as APIStatus where status.isNotFound {
            forget(key)
            // Something of it may be what is gone, as a Secret of the transcript: then the next look finds and tells that.
            return try await isGone(conversation) ? .done : .requeue(after: .seconds(1))
        } catch let error as TranscriptNotMoved {
            try await tell(error, of: conversation)
            return .requeue(after: .seconds(10))
        } catch let fenced as ConversationStore.FencedOut {
            forget(key)
            dependencies.live?.turns.abandon(key)
            dependencies.logger.notice(
                "conversation taken over", metadata: ["key": "\(key)", "by": "\(fenced.by)"])
            // Should the other one die, somebody has to look.
            return .requeue(after: takeoverDelay)
        }
    }

    private func isGone(_ conversation: Conversation) async throws -> Bool {
        let object = try await dependencies.api.find(
            .conversations, namespace: conversation.namespace, name: conversation.object.name)
        return object?.uid != conversation.uid || object?.isBeingDeleted ?? true
    }

    /// Says why a conversation waits whose transcript can't be read; the rest of its status stays as it is.
    private func tell(_ error: TranscriptNotMoved, of conversation: Conversation) async throws {
        let reason = ConversationReason.transcriptNotMoved
        let message = error.description
        var conditions = conversation.status.conditions
        let known = conditions[type: ConversationCondition.accepted.rawValue]
        guard known?.reason != reason.rawValue || known?.message != message else { return }
        conditions.set(
            Condition(
                type: ConversationCondition.accepted.rawValue, status: .false, reason: reason.rawValue,
                message: message,
                observedGeneration: conversation.object.generation, lastTransitionTime: dependencies.clock.now))
        var status = ConversationStatus()
        status.conditions = conditions
        let patch: JSONValue = [
            "metadata": [
                "resourceVersion": .string(conversation.object.resourceVersion), "uid": .string(conversation.uid),
            ], "status": status.json,
        ]
        let written = try await dependencies.api.patch(
            .conversations, namespace: conversation.namespace, name: conversation.object.name, subresource: "status",
            patch: .merge(patch), options: WriteOptions(fieldManager: SkyfloGroup.fieldManager))
        dependencies.conversations.insert(written)
        dependencies.events.warning(conversation.object, reason: reason.rawValue, message: message)
    }

    /// Whether a turn runs that a worker who lives has begun.
    private func isHeldByAnotherWorker(_ conversation: Conversation) async throws -> Bool {
        let worker = conversation.status.workerIdentity
        guard !conversation.status.isTurnEnded, let leases, !worker.isEmpty,
            worker != dependencies.options.identity
        else { return false }
        return try await leases.isHeld(WorkerLease.name(of: worker), by: worker)
    }

    /// To one of an earlier version, or that was replaced as a whole: it lacks what a backup has to keep.
    private func addProgress(to conversation: Conversation) async throws {
        let status = conversation.status
        guard status.turn > 0, conversation.progressAnnotation == nil else { return }
        let progress = ConversationProgress(
            uid: conversation.uid, turn: status.turn, undosTaken: status.undosTaken)
        do {
            dependencies.conversations.insert(try await progress.write(to: conversation, dependencies.api))
        } catch let status as APIStatus where status.code < 500 {
            dependencies.logger.notice(
                "progress not kept", metadata: ["key": "\(conversation.key)", "error": "\(status.message)"])
        }
    }

    /// Whether anything but time can move it on.
    private func needsWork(_ conversation: Conversation) -> Bool {
        let status = conversation.status
        if !status.isTurnEnded || conversation.restoration != nil { return true }
        if !conversation.waitingMessages.isEmpty || conversation.hasUndo || status.hasRunningChecks { return true }
        if status.transcriptPosition?.isToBeMoved ?? false { return true }
        return status.observedGeneration != conversation.object.generation
    }

    private func work(on conversation: Conversation) async throws -> ReconcileResult {
        let record = try await record(of: conversation)
        var loop = TurnLoop(
            dependencies: dependencies, slots: slots, conversation: conversation, record: record)
        // Where nothing came of it.
        defer { slots.release(conversation.uid) }
        let result = try await loop.run()
        records.keep(loop.store.record, for: conversation.uid)
        return result == .done ? expiry(of: loop.store.conversation) : result
    }

    // MARK: What is kept between reconciles

    private func record(of conversation: Conversation) async throws -> TurnRecord {
        // A record whose transcript isn't the stored one belongs to another time.
        if var kept = records.take(conversation.uid), kept.claim.expected == conversation.status.workerEpoch,
            kept.stored.position.head == conversation.status.transcriptPosition?.head
        {
            if !kept.machine.isRunning { kept.letGo() }
            return kept
        }
        let cipher = ConversationCipher(key: dependencies.options.redactionKey, uid: conversation.uid)
        return try await TurnRecord.load(
            conversation, from: dependencies.transcripts(of: conversation), now: dependencies.clock.now,
            shown: cipher.shown)
    }

    private func forget(_ key: ObjectKey) { records.forget(key) }

    // MARK: Time to live

    private func deleteWhenOver(_ conversation: Conversation) async throws -> ReconcileResult? {
        guard let left = secondsToLive(conversation), left <= 0 else { return nil }
        forget(conversation.key)
        do {
            try await dependencies.api.delete(
                .conversations, namespace: conversation.namespace, name: conversation.object.name,
                options: DeleteOptions(
                    uid: conversation.uid, resourceVersion: conversation.object.resourceVersion,
                    propagation: .background))
        } catch let status as APIStatus where status.isNotFound || status.isConflict {
            // Gone already, or changed: then it will come again with what changed.
        }
        return .done
    }

    private func expiry(of conversation: Conversation) -> ReconcileResult {
        guard let left = secondsToLive(conversation) else { return .done }
        return .requeue(after: .milliseconds(Int64(max(0, left) * 1000) + 1))
    }

    private func secondsToLive(_ conversation: Conversation) -> Double? {
        guard let ttl = conversation.spec.ttlSecondsAfterFinished, conversation.status.isTurnEnded,
            conversation.waitingMessages.isEmpty, !conversation.hasUndo, conversation.restoration == nil,
            let finished = conversation.status.finishedAt
        else { return nil }
        return finished.adding(seconds: Double(ttl)).seconds(since: dependencies.clock.now)
    }
}
