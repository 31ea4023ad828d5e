import Synchronization

/// What the tries of one request took that came to nothing, for whoever it fails or is given up by in the end.
final class FailedTries: Sendable {
    private let parts = Mutex<[FailedUsage]>([])

    var all: [FailedUsage] { parts.withLock(\.self) }

    /// Takes in a try that ended while its answer was read.
    ///
    /// - Parameter received: how many bytes of text had come of the reply. Of a try of which nothing came, nothing is known: many
    ///   servers begin an answer before they look at the request.
    func add(_ decoder: any ReplyStreamDecoder, received: Int) {
        let isCounted = decoder.hasCountedReply || decoder.sawEnd || received == 0
        let uncounted = isCounted ? nil : received
        guard uncounted != nil || decoder.usage != TokenUsage() else { return }
        parts.withLock { $0.append(FailedUsage(decoder.usage, uncounted: uncounted)) }
    }
}
