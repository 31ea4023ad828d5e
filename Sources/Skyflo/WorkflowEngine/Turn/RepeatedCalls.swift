import KubeModel
import SkyfloAPI

/// What the calls of a turn came to, by what they ask for.
///
/// A model that gets nowhere often asks for the same again, alone or in a circle of several calls. It is told the second
/// time; a call that has failed twice, or was denied twice, isn't carried out a third time. A write that was carried out
/// changes what there is, so everything but denials may be tried anew after it.
struct RepeatedCalls: Sendable, Hashable {
    /// How often the same call may fail in a turn.
    static let failures = 2
    /// After so many replies in a row in which no call brought anything new, the model is asked for its answer.
    static let idleReplies = 5

    /// A call that succeeded so often already brings nothing new, whatever its result: tables have ages in them.
    static let successes = 4

    /// How many replies in a row brought nothing new.
    private(set) var repliesWithoutProgress = 0
    private var past: [Key: Past] = [:]

    /// Arguments that mean the same are the same: in any order, and without what isn't given.
    private struct Key: Sendable, Hashable {
        var tool: String
        var arguments: String

        init(_ call: Call) {
            tool = call.tool
            guard let json = try? JSONParser.parse(call.arguments), case .object(let members) = json else {
                arguments = call.arguments
                return
            }
            var given = JSONObject()
            for (name, value) in members where name != Alternatives.argument && !value.isNotGiven {
                given[name] = value
            }
            arguments = JSONWriter.string(.object(given), options: .canonical)
        }
    }

    private struct Past: Sendable, Hashable {
        /// The id of the newest of them.
        var call: String
        var result: String
        /// In a row; a denial is one.
        var failures = 0
        /// How often the call ended, whatever came of it.
        var times = 1
        /// How often in a row a read had the same result.
        var sameResults = 0
        var isDenied = false
    }

    // MARK: What is said

    /// Why a call isn't carried out; nil where it may be.
    func refusal(of call: Call) -> String? {
        guard let past = past[Key(call)] else { return nil }
        guard past.failures >= Self.failures else { return nil }
        return
            "not executed: the same call with the same arguments has failed \(past.failures) times in this turn, last as "
            + "\(past.call): \(past.result.bounded(to: 300)). Change what was wrong, do something else, or answer the user "
            + "with what you know"
    }

    /// The call of this turn that was the same and that a person denied; nil where there is none.
    func denial(of call: Call) -> (call: String, result: String)? {
        past[Key(call)].flatMap { $0.isDenied ? ($0.call, $0.result) : nil }
    }

    /// What the model is told besides the result of a call; nil where there is nothing to say.
    func hint(for call: Call) -> String? {
        guard let past = past[Key(call)], refusal(of: call) == nil else { return nil }
        if call.hasFailed, past.failures > 0 {
            return
                "(This is the second time: \(past.call) was the same call and \(past.isDenied ? "was denied" : "failed"), "
                + "too. It won't be carried out again. Change what is wrong, do something else, or answer with what you know.)"
        }
        if call.isFinishedRead, past.result == call.result {
            return "(You have this already: \(past.call) was the same call with the same result. Nothing has changed; "
                + "go on with it.)"
        }
        return nil
    }

    // MARK: What happened

    /// Takes note of the calls of a reply, all of which have ended.
    mutating func take(_ calls: [Call]) {
        var isNew = false
        for call in calls where call.state != .stale {
            if note(call) { isNew = true }
        }
        repliesWithoutProgress = isNew ? 0 : repliesWithoutProgress + 1
        guard calls.contains(where: \.hasWritten) else { return }
        let own = Set(calls.map { Key($0) })
        past = past.filter { $0.value.isDenied || own.contains($0.key) }
    }

    /// - Returns: whether it brought something that the turn didn't know yet.
    private mutating func note(_ call: Call) -> Bool {
        let key = Key(call)
        let before = past[key]
        if refusal(of: call) != nil { return false }
        var now = Past(call: call.id, result: call.result ?? "")
        now.times = (before?.times ?? 0) + 1
        if call.hasFailed {
            now.failures = (before?.failures ?? 0) + 1
            now.isDenied = call.isDenied
        } else if call.isFinishedRead, let before, before.result == now.result {
            now.sameResults = before.sameResults + 1
        }
        past[key] = now
        return now.failures <= 1 && now.sameResults == 0 && now.times <= Self.successes
    }
}

extension Call {
    /// Without having written anything.
    fileprivate var hasFailed: Bool { (state == .failed && !hasWritten) || state == .expired || isDenied }

    /// By a person, and not because another of its alternatives was chosen.
    fileprivate var isDenied: Bool { state == .denied && decision?.approved == false }

    fileprivate var isFinishedRead: Bool { state == .succeeded && approval?.isForRead ?? true }

    /// Whether its write was carried out, whatever came of it.
    var hasWritten: Bool {
        guard writtenAt != nil, approval?.isForRead == false else { return false }
        return state == .succeeded || state == .verifying || !checks.isEmpty
    }
}

extension JSONValue {
    /// As tools take an optional argument that has nothing in it.
    fileprivate var isNotGiven: Bool { isNull || string.map { $0.allSatisfy(\.isWhitespace) } ?? false }
}
