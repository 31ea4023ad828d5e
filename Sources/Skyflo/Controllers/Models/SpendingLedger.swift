import ControllerRuntime
import KubeClient
import KubeModel
import LanguageModels
import Logging
import SkyfloAPI

/// Counts what the conversations of a namespace spend in a day, where the SkyfloAI limits it.
///
/// The count is in the SkyfloAI's status and changed under its resourceVersion, so that two workers can't both spend the rest.
/// What a request may take is added before it is sent, and corrected by what it took.
struct SpendingLedger: Sendable {
    let api: any KubeAPI
    let skyfloAIs: Informer
    let clock: any RuntimeClock
    let logger: Logger

    private static let attempts = 16

    /// Adds what a request is estimated to take.
    /// - Returns: whether it was added: false where there is no limit.
    /// - Throws: ``LanguageModelError`` where the limit doesn't allow it.
    func reserve(_ estimate: Spending, in namespace: String, of key: ObjectKey) async throws -> Bool {
        guard let known = skyfloAIs.get(key), !SkyfloAI(known).spendingLimits.namespaceDay.isUnlimited else {
            return false
        }
        try await change(key) { spending, limit in
            if let why = spending.refusal(of: estimate, in: namespace, limit: limit) {
                throw LanguageModelError(
                    .quotaExceeded,
                    message:
                        "namespace \(namespace) may not spend more: \(why). The limit is in spec.limits of SkyfloAI \(key); the "
                        + "count begins anew at 00:00 UTC")
            }
            spending.add(estimate, to: namespace)
        }
        return true
    }

    /// Corrects what was added by what was taken. A reply that was paid for isn't lost because that fails.
    func settle(_ estimate: Spending, by actual: Spending, in namespace: String, of key: ObjectKey) async throws {
        let difference = Spending(tokens: actual.tokens - estimate.tokens, cost: actual.cost - estimate.cost)
        do {
            try await change(key) { spending, _ in spending.add(difference, to: namespace) }
        } catch let error as CancellationError {
            throw error
        } catch {
            logger.warning("the spending of a day couldn't be corrected", metadata: ["skyfloAI": "\(key)"])
        }
    }

    private func change(
        _ key: ObjectKey, _ apply: (inout DaySpending, SpendingLimits.Amount) throws -> Void
    ) async throws {
        var object = skyfloAIs.get(key)
        for _ in 0..<Self.attempts {
            let isFresh = object == nil
            let current: KubeObject
            if let object {
                current = object
            } else {
                current = try await api.get(.skyfloAIs, namespace: key.namespace, name: key.name)
            }
            object = nil
            let skyflo = SkyfloAI(current)
            let before = skyflo.status.spending ?? DaySpending()
            var after = before
            after.begin(String("\(clock.now)".prefix(10)))
            do {
                try apply(&after, skyflo.spendingLimits.namespaceDay)
            } catch let refusal as LanguageModelError {
                // What was heard of it may be past.
                if !isFresh { continue }
                throw refusal
            }
            do {
                return try await write(after.patch(over: before), to: current)
            } catch let status as APIStatus where status.isConflict {
                continue
            }
        }
        throw LanguageModelError(
            .unavailable, message: "the spending of SkyfloAI \(key) changes all the time; try again")
    }

    private func write(_ patch: JSONValue, to object: KubeObject) async throws {
        let written = try await api.patch(
            .skyfloAIs, namespace: object.namespace, name: object.name, subresource: "status",
            patch: .merge([
                "metadata": ["resourceVersion": .string(object.resourceVersion), "uid": .string(object.uid)],
                "status": ["spending": patch],
            ]),
            options: WriteOptions(fieldManager: SkyfloGroup.fieldManager))
        skyfloAIs.insert(written)
    }
}
