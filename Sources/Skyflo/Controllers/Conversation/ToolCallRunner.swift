import Concurrency
import ControllerRuntime
import KubeClient
import KubeModel
import LiveEvents
import SkyfloAPI
import ToolKit
import WorkflowEngine
import Writes

/// Runs the calls of a reply as far as they change nothing: reads get their result, writes are planned, previewed and
/// asked for.
struct ToolCallRunner: Sendable {
    let access: ReadAccess
    let mapper: RESTMapper
    let gate: ApprovalGate
    let stopWatcher: StopWatcher
    let events: EventRecorder
    let redactor: Redactor
    let waits: WaitWatches
    let telemetry: TurnTelemetry?

    init(
        _ dependencies: ConversationReconciler.Dependencies, gate: ApprovalGate, stopWatcher: StopWatcher
    ) {
        self.gate = gate
        self.stopWatcher = stopWatcher
        access = ReadAccess(dependencies)
        mapper = dependencies.mapper
        events = dependencies.events
        waits = dependencies.waits
        telemetry = dependencies.options.telemetry
        redactor = Redactor(key: dependencies.options.redactionKey)
    }

    /// Bytes of a call's arguments, and of the bodies that come of them: an approval shows both, and its preview.
    static let argumentsLimit = 24 * 1024
    static let requestsLimit = 64
    /// Steps of a sequence are alike, and read by their titles.
    static let stepsLimit = 192

    /// What came of preparing one call.
    enum Prepared: Sendable {
        case output(String)
        case failure(String)
        case write(WriteProposal, Preview, touches: [String])
        case waiting(ToolWait)

        var isWrite: Bool { if case .write = self { true } else { false } }

        /// Of a result; nil where there is none yet.
        var text: String? {
            switch self {
            case .output(let text), .failure(let text): text
            case .write, .waiting: nil
            }
        }
    }

    /// Runs reads and plans writes, all at once; then asks for the writes.
    func prepare(
        _ ids: [String], in store: inout ConversationStore, references: ResolvedReferences
    ) async throws {
        let context = ToolContext(
            api: access.acting(for: references.identity), mapper: mapper, namespace: store.conversation.namespace,
            redactor: redactor,
            integrations: access.integrations(of: references.skyfloAI, in: store.conversation.namespace),
            charts: access.charts(
                of: references.skyfloAI, in: store.conversation.namespace, for: references.identity),
            outputLimit: references.budget(for: store.machine).result)
        let calls = ids.compactMap(store.machine.call)
        let registry = references.tools
        let readOnly = gate.readOnly(store.conversation, governedBy: gate.governing(references))
        let undos = store.machine.isUndoing ? Undo.of(calls, machine: store.machine) : [:]
        let (snapshot, stopWatcher, telemetry) = (store, stopWatcher, telemetry)
        store.pass(ids.map { .callStarted(CallStart(store.record.telling.proposed($0, in: store.machine))) })
        let outcome = try await store.showingProgress {
            try await stopWatcher.run(for: snapshot, governedBy: references.skyfloAI) {
                try await calls.concurrentMap(atOnce: 8) { call in
                    @Sendable func run() async throws -> Prepared {
                        var own = context
                        own.report = { snapshot.pass([.callProgress(CallProgress($0, of: call))]) }
                        return try await Self.prepare(call, readOnly: readOnly, in: own) { [own] in
                            guard let undo = undos[call.id] else {
                                return try await registry.run(call, toolsets: references.toolsets, in: own)
                            }
                            return .proposal(
                                try await undo.proposal(in: own) { reversal in
                                    let call = call.calling(reversal)
                                    return try await registry.run(call, toolsets: references.toolsets, in: own)
                                })
                        }
                    }
                    guard let telemetry else { return try await run() }
                    return try await telemetry.executeTool(
                        call, in: snapshot.conversation, turn: snapshot.machine.turn, shown: snapshot.shownArguments,
                        text: \.text, run: run)
                }
            }
        }
        guard let prepared = try await store.valueOrRefresh(outcome) else { return }
        let isWriting = prepared.contains(where: \.isWrite)
        let rules = try await isWriting ? gate.readRules(for: store.conversation, references) : nil
        var asked: Set<String> = []
        for (call, result) in zip(calls, prepared) {
            switch result {
            case .output, .failure: resolve(call, with: result, in: &store)
            case .waiting(let wait): log(wait, of: call, in: &store)
            case .write(let proposal, let preview, let touches):
                let refusal = rules.flatMap { terms in
                    gate.refusal(of: call, proposal: proposal, preview: preview, in: store.conversation, under: terms)
                }
                if let refusal {
                    resolve(call, succeeded: false, text: "refused: " + refusal, in: &store)
                } else if request(
                    approvalOf: proposal, preview: preview, touching: touches, for: call, in: &store,
                    references: references)
                {
                    asked.insert(call.id)
                }
            }
        }
        guard !asked.isEmpty else { return try await showWaits(of: ids, in: &store) }
        if let rules { gate.autoApprove(asked, in: &store, under: rules) }
        try await showApprovals(asked, in: &store)
    }

    /// Tells the model that a call isn't carried out.
    func refuse(_ id: String, because why: String, in store: inout ConversationStore) {
        guard let call = store.machine.call(id) else { return }
        resolve(call, succeeded: false, text: why, in: &store)
    }

    /// Puts in place what the call's arguments refer to.
    func resolveArguments(of id: String, in store: inout ConversationStore) {
        guard let resolved = store.machine.resolvedArguments(of: id) else { return }
        store.log(.argumentsResolved(id: id, arguments: resolved.arguments, references: resolved.references))
    }

    func resolve(_ call: Call, with result: Prepared, in store: inout ConversationStore) {
        switch result {
        case .output(let text): resolve(call, succeeded: true, text: text, in: &store)
        case .failure(let text):
            resolve(call, succeeded: false, text: text.hasPrefix("refused: ") ? text : "failed: " + text, in: &store)
        case .write, .waiting: break
        }
    }

    func resolve(_ call: Call, succeeded: Bool, text: String, in store: inout ConversationStore) {
        ConversationMetrics.toolCalled(call.tool, state: succeeded ? .succeeded : .failed)
        store.log(.callResolved(id: call.id, succeeded: succeeded, result: text))
    }

    static func prepare(
        _ call: Call, readOnly: String?, in context: ToolContext, run: () async throws -> ToolOutcome
    ) async throws -> Prepared {
        guard call.arguments.utf8.count <= argumentsLimit else {
            return .failure("refused: the arguments have more than \(argumentsLimit) bytes")
        }
        var attempts = 3
        while true {
            attempts -= 1
            do {
                switch try await run() {
                case .output(let text): return .output(text)
                case .waiting(let wait): return .waiting(wait)
                case .proposal(let proposal):
                    if let readOnly { return .failure("refused: \(readOnly)") }
                    if let refusal = refusal(of: proposal) { return .failure(refusal) }
                    let preview = try await Preview.of(
                        proposal, api: context.api, integrations: context.integrations, redactor: context.redactor)
                    return .write(
                        try await proposal.noting(podsIn: preview, api: context.api), preview,
                        touches: WriteTouches.of(preview)
                    )
                }
            } catch let failure as ToolFailure {
                // In a rollout an object's status moves all the time, also between its reading and the dry run.
                if failure.isStale, attempts > 0 { continue }
                let display = RedactedCall(arguments: call.arguments, writes: [], redactor: context.redactor)
                return .failure(display.text(failure.message))
            }
        }
    }

    /// What can't be approved in good conscience isn't asked for.
    private static func refusal(of proposal: WriteProposal) -> String? {
        for secret in proposal.requests.compactMap(SecretManifest.init) {
            if let why = secret.refusal { return "refused: \(why)" }
        }
        let bytes = proposal.writes.reduce(0) { $0 + $1.size }
        let most = proposal.isSequence ? stepsLimit : requestsLimit
        if bytes > argumentsLimit || proposal.writes.count > most {
            return
                "refused: \(proposal.writes.count.counted(as: "request")) with \(bytes) bytes is too much to read and "
                + "approve at once; the limits are \(most) requests and \(argumentsLimit) bytes. "
                + "Write fewer objects at a time"
        }
        return nil
    }
}

extension CallProgress {
    fileprivate init(_ progress: ToolProgress, of call: Call) {
        self.init(call: call.id, tool: call.tool, message: progress.message)
        (step, steps) = (progress.step, progress.steps)
    }
}

extension Call {
    /// The same call, of the tool that takes the change back.
    fileprivate func calling(_ reversal: ChangeRecord.Reversal) -> Call {
        var call = self
        (call.tool, call.arguments) = (reversal.tool, JSONWriter.string(reversal.arguments))
        return call
    }
}

extension ToolRegistry {
    /// Carries out a call of the model within the time that a call may take.
    func run(_ call: Call, toolsets: Set<String>?, in context: ToolContext) async throws -> ToolOutcome {
        try await ToolCallLimit.run(call.tool) {
            try await self.call(name: call.tool, arguments: call.arguments, toolsets: toolsets, in: context)
        }
    }
}
