/// A regular expression as instructions for a machine that follows all alternatives at once (Thompson, Pike).
struct PatternProgram: Sendable {
    private enum Instruction: Sendable {
        case set(PatternSet)
        case assertion(PatternAssertion)
        /// The first is tried first.
        case split(Int, Int)
        case jump(Int)
        case match
    }

    /// What `{n,m}` in each other make of a short expression; RE2 has a bound of about this size.
    private static let maximumInstructions = 10_000

    private var code: [Instruction] = []

    /// Compiles a tree; nil where the program would be too large.
    init?(_ node: PatternNode) {
        guard compile(node) else { return nil }
        code.append(.match)
    }

    // MARK: Compiling

    /// Compiles a part, and returns false when the program becomes too large.
    private mutating func compile(_ node: PatternNode) -> Bool {
        guard code.count < Self.maximumInstructions else { return false }
        switch node {
        case .empty: break
        case .set(let set): code.append(.set(set))
        case .assertion(let assertion): code.append(.assertion(assertion))
        case .sequence(let nodes):
            for node in nodes where !compile(node) { return false }
        case .choice(let nodes): return compile(choice: nodes)
        case .repetition(let node, let minimum, let maximum, let isGreedy):
            return compile(node, minimum: minimum, maximum: maximum, isGreedy: isGreedy)
        }
        return true
    }

    private mutating func compile(choice nodes: [PatternNode]) -> Bool {
        var jumps: [Int] = []
        for (number, node) in nodes.enumerated() {
            let split = code.count
            let isLast = number == nodes.count - 1
            if !isLast { code.append(.jump(0)) }
            guard compile(node) else { return false }
            if isLast { continue }
            jumps.append(code.count)
            code.append(.jump(0))
            code[split] = .split(split + 1, code.count)
        }
        for jump in jumps { code[jump] = .jump(code.count) }
        return true
    }

    private mutating func compile(_ node: PatternNode, minimum: Int, maximum: Int?, isGreedy: Bool) -> Bool {
        for _ in 0..<minimum where !compile(node) { return false }
        guard let maximum else {
            let split = code.count
            code.append(.jump(0))
            guard compile(node) else { return false }
            code.append(.jump(split))
            code[split] = fork(split + 1, behind: code.count, isGreedy: isGreedy)
            return true
        }
        var splits: [Int] = []
        for _ in minimum..<max(minimum, maximum) {
            splits.append(code.count)
            code.append(.jump(0))
            guard compile(node) else { return false }
        }
        for split in splits { code[split] = fork(split + 1, behind: code.count, isGreedy: isGreedy) }
        return true
    }

    private func fork(_ inside: Int, behind: Int, isGreedy: Bool) -> Instruction {
        isGreedy ? .split(inside, behind) : .split(behind, inside)
    }

    // MARK: Matching

    private struct Thread {
        var at: Int
        var start: Int
    }

    /// Threads in the order of their preference, each instruction once.
    private struct ThreadList {
        var threads: [Thread] = []
        private var seen: [Int]
        private var generation = 0

        init(_ count: Int) { seen = Array(repeating: 0, count: count) }

        mutating func clear() {
            threads.removeAll(keepingCapacity: true)
            generation += 1
        }

        mutating func isNew(_ at: Int) -> Bool {
            if seen[at] == generation { return false }
            seen[at] = generation
            return true
        }
    }

    /// The leftmost match at or behind `from`; of several there the one that Perl would find.
    func match(in text: [Unicode.Scalar], from: Int) -> Range<Int>? {
        var current = ThreadList(code.count)
        var next = ThreadList(code.count)
        current.clear()
        var found: Range<Int>?
        for position in from...max(from, text.count) {
            if found == nil { follow(Thread(at: 0, start: position), text: text, position: position, list: &current) }
            if found != nil, current.threads.isEmpty { break }
            next.clear()
            search: for thread in current.threads {
                switch code[thread.at] {
                case .match:
                    found = thread.start..<position
                    break search
                case .set(let set):
                    guard position < text.count, set.contains(text[position]) else { continue }
                    follow(
                        Thread(at: thread.at + 1, start: thread.start), text: text, position: position + 1, list: &next)
                case .split, .jump, .assertion: continue
                }
            }
            swap(&current, &next)
        }
        return found
    }

    /// Adds what a thread reaches without taking a character.
    private func follow(_ thread: Thread, text: [Unicode.Scalar], position: Int, list: inout ThreadList) {
        var open = [thread.at]
        while let at = open.popLast() {
            guard list.isNew(at) else { continue }
            switch code[at] {
            case .jump(let target): open.append(target)
            case .split(let first, let second):
                open.append(second)
                open.append(first)
            case .assertion(let assertion): if holds(assertion, text: text, position: position) { open.append(at + 1) }
            case .set, .match: list.threads.append(Thread(at: at, start: thread.start))
            }
        }
    }

    private func holds(_ assertion: PatternAssertion, text: [Unicode.Scalar], position: Int) -> Bool {
        func isWord(_ position: Int) -> Bool {
            text.indices.contains(position) && PatternSet.word.contains(text[position])
        }
        return switch assertion {
        case .textStart: position == 0
        case .textEnd: position == text.count
        case .lineStart: position == 0 || text[position - 1] == "\n"
        case .lineEnd: position == text.count || text[position] == "\n"
        case .wordBoundary: isWord(position - 1) != isWord(position)
        case .noWordBoundary: isWord(position - 1) == isWord(position)
        }
    }
}
