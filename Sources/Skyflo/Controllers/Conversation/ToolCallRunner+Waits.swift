import Concurrency
import KubeModel
import SkyfloAPI
import ToolKit
import WorkflowEngine
import Writes

/// Reads that wait for something. Between two looks nobody holds them: the conversation is taken up again, by whichever
/// worker there is then.
extension ToolCallRunner {
    func log(_ wait: ToolWait, of call: Call, in store: inout ConversationStore) {
        let until = store.now.adding(seconds: Double(wait.seconds))
        let title = redactor.redact(text: wait.title)
        store.log(
            .callWaiting(
                id: call.id, CallWait(title: title, until: until, isWatched: wait.isWatched, memory: wait.memory)))
        store.telling(of: call)?.say(wait.progress)
    }

    /// Stores that calls wait, so that a restart doesn't begin the waits anew, and lets people see it.
    func showWaits(of ids: [String], in store: inout ConversationStore) async throws {
        guard ids.contains(where: { store.machine.call($0)?.state == .waiting }) else { return }
        try await store.flush()
        try await store.writeStatus()
    }

    /// Seconds after which somebody looks even where a watch would have told.
    private static let watchedPause = 60.0

    /// Looks once whether these waits are over.
    /// - Returns: how long to leave them alone; nil to go on at once, because some are over, or the turn is.
    func look(
        at ids: [String], in store: inout ConversationStore, references: ResolvedReferences
    ) async throws -> Duration? {
        let now = store.now
        let calls = ids.compactMap(store.machine.call)
        let due = calls.filter { $0.wait.map { $0.isWatched || $0.until <= now } ?? true }
        let results = try await results(of: due, in: &store, references: references)
        guard let results else { return nil }
        var isOver = false
        var watched: Set<String> = []
        for (call, result) in zip(due, results) {
            switch result {
            case .output, .failure: resolve(call, with: result, in: &store)
            case .waiting(let wait) where (call.wait?.until ?? now) > now:
                let key = WaitWatches.WaitKey(conversation: store.conversation.key, call: call.id)
                let left = call.wait?.until.seconds(since: now) ?? 0
                let api = access.acting(for: references.identity)
                let telling = store.telling(of: call)
                telling?.say(wait.progress)
                if waits.watch(key, wait.watches, as: api, seconds: left, telling: telling) { watched.insert(call.id) }
                continue
            case .waiting, .write: resolve(call, succeeded: false, text: "failed: the wait has no result", in: &store)
            }
            waits.forget(WaitWatches.WaitKey(conversation: store.conversation.key, call: call.id))
            isOver = true
        }
        guard !isOver else { return nil }
        // Where something else was done since the wait began.
        if store.machine.onlyWaits, store.conversation.status.phase != .waiting { try await store.writeStatus() }
        let seconds =
            calls.compactMap { call in
                call.wait.map { wait in
                    watched.contains(call.id)
                        ? min(Self.watchedPause, max(0, wait.until.seconds(since: now)))
                        : wait.pause(since: call.waitingSince ?? now, now: now)
                }
            }.min() ?? 0
        return .milliseconds(Int64(seconds * 1000) + 1)
    }

    /// - Returns: nil where the turn was stopped meanwhile, or its time is over.
    private func results(
        of calls: [Call], in store: inout ConversationStore, references: ResolvedReferences
    ) async throws -> [Prepared]? {
        let now = store.now
        let context = ToolContext(
            api: access.acting(for: references.identity), mapper: mapper, namespace: store.conversation.namespace,
            redactor: redactor,
            integrations: access.integrations(of: references.skyfloAI, in: store.conversation.namespace),
            charts: access.charts(
                of: references.skyfloAI, in: store.conversation.namespace, for: references.identity))
        let registry = references.tools
        let outcome = try await stopWatcher.run(for: store, governedBy: references.skyfloAI) {
            try await calls.concurrentMap(atOnce: 8) { call in
                var context = context
                context.waited = WaitProgress(
                    seconds: now.seconds(since: call.waitingSince ?? now), isOver: (call.wait?.until ?? now) <= now,
                    memory: call.wait?.memory)
                return try await Self.prepare(call, readOnly: nil, in: context) { [context] in
                    try await registry.run(call, toolsets: references.toolsets, in: context)
                }
            }
        }
        return try await store.valueOrRefresh(outcome)
    }
}
