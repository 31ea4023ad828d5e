/// What became of a write: the same value from the backend that carried it out to the transcript.
package enum WriteOutcome: Sendable, Hashable {
    /// It was done.
    /// - Parameter uid: of the object that was written, as the server said; empty where there is none.
    case applied(_ result: String, uid: String = "")
    /// It was carried out, and failed: a command ended with an exit code other than 0, or some steps of a sequence were
    /// done and the next one wasn't. Something may have changed.
    case failed(String)
    /// Nothing was done: the target is not what it was when the write was previewed. Preview it again.
    case stale(String)
    /// Nothing was done: whoever was to do it refused.
    case rejected(String)
    /// Nothing was done so far: whoever is to do it asks to be asked again later (HTTP 429).
    case postponed(String)
    /// Nothing was done so far, as is found out after an interruption. What was sent may still be on its way.
    case notDone
    /// It can't be known whether it was done.
    case unknown(String)

    /// The same outcome with another text, such as one without credentials.
    package func mapText(_ transform: (String) -> String) -> WriteOutcome {
        switch self {
        case .applied(let text, let uid): .applied(transform(text), uid: uid)
        case .failed(let text): .failed(transform(text))
        case .stale(let text): .stale(transform(text))
        case .rejected(let text): .rejected(transform(text))
        case .postponed(let text): .postponed(transform(text))
        case .notDone: .notDone
        case .unknown(let text): .unknown(transform(text))
        }
    }
}
