/// What happens to a worker at its n-th effect: a request to the API server, or a question to the model.
struct Fault: Sendable, Hashable, CustomStringConvertible {
    enum Kind: Sendable, CaseIterable {
        /// The worker is gone before the request leaves it.
        case diesBefore
        /// The request is carried out, and the worker is gone before it hears of it.
        case diesAfter
        /// The worker stands still before the request, another takes its place, and then it goes on.
        case pauses
        /// The request is carried out, and its answer is lost. The worker goes on.
        case losesAnswer
        /// The request is refused once, with this status.
        case refused
        case throttled

        var endsTheWorker: Bool { self == .diesBefore || self == .diesAfter }
        /// Whoever comes next can do all that was to be done.
        var isHarmless: Bool { endsTheWorker || self == .pauses }
    }

    var effect: Int
    var kind: Kind

    var description: String { "\(kind) at \(effect)" }

    /// All of `kinds` at each of the first `count` effects.
    static func all(_ kinds: [Kind], effects count: Int) -> [Fault] {
        count < 1 ? [] : (1...count).flatMap { effect in kinds.map { Fault(effect: effect, kind: $0) } }
    }
}
