/// What happens to a worker at its n-th effect: a request to the API server, or a question to the model.
struct Fault: Sendable, Hashable, CustomStringConvertible {
    enum Kind: Sendable, CaseIterable {
        /// The worker is gone before the request leaves it.
        case diesBefore
        /// The request is carried out, and the worker is gone before it hears of it.
        case diesAfter
        /// The worker stands still before the request, another takes its place, and then it goes on.
        case pauses
        /// Another worker, which doesn't know of this one, begins beside it.
        case meets
        /// A person stops the conversation right before the request.
        case stops
        /// The request is carried out, and its answer is lost. The worker goes on.
        case losesAnswer
        /// The request is refused once, with this status.
        case refused
        case throttled

        var endsTheWorker: Bool { self == .diesBefore || self == .diesAfter }
        /// The worker goes on beside the one that comes next.
        var sharesTheWork: Bool { self == .pauses || self == .meets }
        /// Whoever comes next can do all that was to be done.
        var isHarmless: Bool { endsTheWorker || sharesTheWork }
    }

    var effect: Int
    var kind: Kind

    var description: String { "\(kind) at \(effect)" }

    /// What the workers of a run meet, one after the other: each that ends, or has another beside it, may be followed by one
    /// with a fault of its own.
    /// - Parameter count: about how many effects a worker has.
    static func draw(effects count: Int, using random: inout some RandomNumberGenerator) -> [Fault] {
        var faults: [Fault] = []
        repeat {
            // Deaths above all.
            let isDeath = Bool.random(using: &random)
            let kinds = Kind.allCases.filter { $0.endsTheWorker == isDeath && (faults.isEmpty || !$0.sharesTheWork) }
            let kind = kinds.randomElement(using: &random) ?? .diesBefore
            faults.append(Fault(effect: .random(in: 1...max(1, count), using: &random), kind: kind))
        } while faults.last?.kind.isHarmless == true && Bool.random(using: &random)
        return faults
    }
}
