import ControllerRuntime
import KubeClient
import KubeModel
import Tools
import WorkflowEngine

/// Looks at a post-condition until it is decided.
struct Verifier: Sendable {
    let api: ReadOnlyAPI
    let clock: any RuntimeClock
    /// Of the clock's uptime.
    let deadline: Duration

    /// - Throws: `CancellationError`.
    func check(_ condition: PostCondition) async throws -> CheckResult {
        let name = condition.title
        var pause = Duration.milliseconds(10)
        while true {
            let (result, isRefused) = try await look(at: condition)
            switch result {
            case .met(let evidence): return CheckResult(check: name, verdict: .passed, evidence: evidence)
            case .failed(let why): return CheckResult(check: name, verdict: .failed, evidence: why)
            case .pending(let why):
                if isRefused { return CheckResult(check: name, verdict: .failed, evidence: why) }
                guard clock.uptime + pause < deadline else {
                    return CheckResult(check: name, verdict: .timedOut, evidence: why)
                }
            }
            try await clock.sleep(for: pause)
            pause = min(pause * 2, .seconds(2))
        }
    }

    /// A refusal (403, …) won't change by waiting; a server that doesn't answer may.
    private func look(at condition: PostCondition) async throws -> (PostCondition.Result, isRefused: Bool) {
        do {
            let object = try await api.find(condition)
            return (condition.evaluate(observed: object), false)
        } catch let status as APIStatus {
            return (.pending(ToolFailure(describing: status).message), status.code < 500 && status.code != 429)
        } catch let error as KubeClientError {
            return (.pending(ToolFailure(describing: error).message), false)
        }
    }
}

extension ReadOnlyAPI {
    fileprivate func find(_ condition: PostCondition) async throws -> KubeObject? {
        do {
            return KubeObject(try await call(condition.request))
        } catch let status as APIStatus where status.isNotFound {
            return nil
        }
    }
}

extension PostCondition {
    /// `rollout of deployment shop/web is complete`
    fileprivate var title: String {
        switch self {
        case .rolloutComplete(let subject): "roll-out of \(subject.text) is complete"
        case .replicas(let subject, let count): "\(subject.text) has \(count) ready replicas"
        case .gone(let subject, _): "\(subject.text) is gone"
        case .exists(let subject): "\(subject.text) is there"
        }
    }
}
