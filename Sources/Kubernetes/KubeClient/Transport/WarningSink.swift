import KubeModel
import Logging
import Synchronization

/// Hands warnings of the API server to whoever asked for them, or logs each text once.
final class WarningSink: Sendable {
    /// The number of texts that are remembered: some hold names, and must not fill the memory.
    private static let maximumTexts = 256

    private let handler: (@Sendable (String, KubeRequest) -> Void)?
    private let logger: Logger
    private let logged = Mutex<Set<String>>([])

    init(handler: (@Sendable (String, KubeRequest) -> Void)?, logger: Logger) {
        self.handler = handler
        self.logger = logger
    }

    func take(_ texts: [String], of request: KubeRequest) {
        for text in texts {
            if let handler {
                handler(text, request)
            } else if isNew(text) {
                logger.warning("the API server warns", metadata: ["text": "\(text)", "request": "\(request.label)"])
            }
        }
    }

    private func isNew(_ text: String) -> Bool {
        logged.withLock { $0.count < Self.maximumTexts && $0.insert(text).inserted }
    }
}
