import LanguageModels
import Synchronization
import WorkflowEngine

/// How many tokens a reply took that was cut off: its provider counts them at its end, which didn't come.
struct TokenEstimate: Sendable {
    /// Of all texts and tools of the request.
    var promptBytes: Int
    var budget: ContextBudget

    /// The same with an estimate of what the provider didn't count. What it has counted stays: some count the prompt first.
    func completing(_ parts: [FailedUsage]) -> [FailedUsage] {
        parts.map { part in
            guard let received = part.uncounted else { return part }
            var part = part
            if part.usage.prompt == 0 { part.estimate.prompt = budget.tokens(ofBytes: promptBytes) }
            part.estimate.completion = max(0, budget.tokens(ofBytes: received) - part.usage.completion)
            return part
        }
    }
}

/// What a reply took that was given up while it came.
final class AbandonedReply: Sendable {
    private let parts = Mutex<[FailedUsage]>([])

    var usage: [FailedUsage] { parts.withLock(\.self) }

    func take(_ delta: ModelDelta) {
        guard case .abandoned(let tries) = delta else { return }
        parts.withLock { $0 += tries }
    }
}
