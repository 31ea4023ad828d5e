import Concurrency
import ControllerRuntime
import KubeClient
import KubeModel
import Logging

/// What the operator needs from the API server before it can begin: asked again while that doesn't answer, for half a minute.
/// - Throws: what `body` threw last; `CancellationError`.
func withRetry<Result>(
    _ what: String, clock: any RuntimeClock, logger: Logger, body: () async throws -> Result
) async throws -> Result {
    let backoff = Backoff(base: .milliseconds(100), maximum: .seconds(15))
    var failures = 0
    while true {
        do {
            return try await body()
        } catch let error where passes(error) && backoff.delay(failures: failures + 1) < backoff.maximum {
            failures += 1
            logger.warning("\(what) isn't possible yet", metadata: ["error": "\(error)"])
            try await clock.sleep(for: backoff.delay(failures: failures))
        }
    }
}

private func passes(_ error: any Error) -> Bool {
    if let status = error as? APIStatus { return status.isTransient }
    return error is KubeClientError
}
