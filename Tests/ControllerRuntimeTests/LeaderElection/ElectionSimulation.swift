import KubeModel

@testable import ControllerRuntime

/// Candidates against one lease in a simulated world: requests and answers are delayed or lost, clocks run at different
/// speeds, wall clocks jump, processes freeze. It decides with ``ElectionState`` as the elector does, and its time is no
/// real time, so that thousands of schedules take a second.
struct ElectionSimulation {
    struct Disorder {
        /// By how much of its speed a monotonic clock may be off.
        var drift = 0.1
        var lossPercent = 20
        /// The longest that a message travels, in milliseconds.
        var longestDelay = 8000
        /// Whether processes freeze and die, and wall clocks jump.
        var hasAccidents = true

        static let none = Disorder(drift: 0, lossPercent: 0, longestDelay: 100, hasAccidents: false)
    }

    private struct Candidate {
        var state: ElectionState
        var speed: Double
        var offset: Double
        var wallOffset: Double = 0
        /// The running attempt; answers to earlier ones are ignored.
        var attempt = 0
        var start: Duration = .zero
        var isOver = true
    }

    private enum Message {
        case begin(Int)
        case cutOff(Int, attempt: Int)
        case read(Int, attempt: Int)
        case answer(Int, attempt: Int, LeaseState.Record?, version: Int)
        case write(Int, attempt: Int, LeaseState.Record, version: Int)
        case written(Int, attempt: Int, LeaseState.Record)
    }

    private var random: SplitMix
    private let disorder: Disorder
    private var candidates: [Candidate]
    private var agenda = TimerQueue<Message>()
    private var record: LeaseState.Record?
    private var version = 0
    /// Real time, which none of the candidates knows.
    private var now = Duration.zero

    private(set) var conflicts = 0
    private(set) var terms = 0
    private(set) var writes = 0

    init(seed: UInt64, _ disorder: Disorder = Disorder(), candidates count: Int = 3) {
        random = SplitMix(state: seed)
        self.disorder = disorder
        candidates = []
        for i in 0..<count {
            let drift = Double.random(in: -disorder.drift...disorder.drift, using: &random)
            candidates.append(
                Candidate(
                    state: Self.fresh(i), speed: 1 + drift, offset: .random(in: 0...1e6, using: &random)))
            agenda.insert(.begin(i), at: .milliseconds(Int.random(in: 0...5000, using: &random)))
        }
    }

    private static func fresh(_ i: Int) -> ElectionState {
        ElectionState(.init(namespace: "ns", name: "lease", identity: "candidate-\(i)"))
    }

    /// Runs until `end` and looks all the time who believes that it leads.
    mutating func run(until end: Duration) {
        while let due = agenda.popFirst(), due.deadline < end {
            // What anyone believes changes at events and at deadlines; the deadlines lie between the events.
            inspect(from: now, to: due.deadline)
            now = due.deadline
            disturb()
            handle(due.element)
        }
    }

    private mutating func inspect(from: Duration, to: Duration) {
        let step = max((to - from) / 8, .milliseconds(1))
        var moment = from
        while moment < to {
            let leaders = candidates.count { $0.state.leads(at: Self.uptime($0, moment)) }
            if leaders > 1 { conflicts += 1 }
            moment += step
        }
    }

    private static func uptime(_ candidate: Candidate, _ moment: Duration) -> Duration {
        .seconds(candidate.offset) + moment * candidate.speed
    }

    private func uptime(_ i: Int) -> Duration { Self.uptime(candidates[i], now) }

    private mutating func roll(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func disturb() {
        guard disorder.hasAccidents else { return }
        let i = Int.random(in: candidates.indices, using: &random)
        if roll(2) { candidates[i].wallOffset = .random(in: -1e7...1e7, using: &random) }
        // A process dies and comes back without a memory, under a name of its own as always.
        if roll(1) { restart(i) }
    }

    private mutating func restart(_ i: Int) {
        let identity = "candidate-\(i)-\(UInt32.random(in: .min ... .max, using: &random))"
        candidates[i].state = ElectionState(.init(namespace: "ns", name: "lease", identity: identity))
        candidates[i].attempt += 1
        candidates[i].isOver = true
        agenda.insert(.begin(i), at: now + .milliseconds(Int.random(in: 0...20000, using: &random)))
    }

    private mutating func send(_ message: Message) {
        if roll(disorder.lossPercent) { return }
        let longest = roll(80) ? 100 : disorder.longestDelay
        agenda.insert(message, at: now + .milliseconds(Int.random(in: 1...longest, using: &random)))
    }

    private mutating func handle(_ message: Message) {
        switch message {
        case .begin(let i): begin(i)
        case .cutOff(let i, let attempt): if isCurrent(i, attempt) { finish(i) }
        case .read(let i, let attempt): send(.answer(i, attempt: attempt, record, version: version))
        case .answer(let i, let attempt, let seen, let version): answered(i, attempt, seen, version)
        case .write(let i, let attempt, let new, let version):
            guard version == self.version else { return }
            record = new
            self.version += 1
            writes += 1
            send(.written(i, attempt: attempt, new))
        case .written(let i, let attempt, let new):
            guard isCurrent(i, attempt) else { return }
            if !candidates[i].state.leads(at: uptime(i)) { terms += 1 }
            candidates[i].state.wrote(new, start: candidates[i].start, at: uptime(i))
            finish(i)
        }
    }

    private func isCurrent(_ i: Int, _ attempt: Int) -> Bool {
        candidates[i].attempt == attempt && !candidates[i].isOver
    }

    private mutating func begin(_ i: Int) {
        guard candidates[i].isOver else { return }
        let uptime = uptime(i)
        // A lost leader ends its process.
        if candidates[i].state.renewedAt != nil, candidates[i].state.loss(at: uptime) != nil { return restart(i) }
        candidates[i].attempt += 1
        candidates[i].isOver = false
        candidates[i].start = uptime
        let attempt = candidates[i].attempt
        insert(.cutOff(i, attempt: attempt), for: i, at: candidates[i].state.attemptDeadline(at: uptime))
        send(.read(i, attempt: attempt))
    }

    private mutating func answered(_ i: Int, _ attempt: Int, _ seen: LeaseState.Record?, _ version: Int) {
        guard isCurrent(i, attempt) else { return }
        candidates[i].state.read(seen, at: uptime(i))
        let wall = KubeTime(microseconds: 1_800_000_000_000_000).adding(seconds: candidates[i].wallOffset)
        if case .write(let new) = candidates[i].state.lease.decide(at: uptime(i), now: wall) {
            send(.write(i, attempt: attempt, new, version: version))
        } else {
            finish(i)
        }
    }

    private mutating func finish(_ i: Int) {
        candidates[i].isOver = true
        let next = candidates[i].state.nextAttempt(
            after: candidates[i].start, at: uptime(i), random: .random(in: 0...1, using: &random))
        insert(.begin(i), for: i, at: next)
    }

    /// At a moment of a candidate's own clock, or later: processes freeze now and then.
    private mutating func insert(_ message: Message, for i: Int, at uptime: Duration) {
        let real = (uptime - .seconds(candidates[i].offset)) * (1 / candidates[i].speed)
        let freeze = disorder.hasAccidents && roll(3) ? Int.random(in: 0...30000, using: &random) : 0
        agenda.insert(message, at: max(now, real) + .milliseconds(freeze))
    }
}
