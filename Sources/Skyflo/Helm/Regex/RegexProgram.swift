/// An expression as instructions for ``RegexMatcher``.
struct RegexProgram: Sendable {
    enum Instruction: Sendable {
        case set(RegexClass)
        case assertion(RegexNode.Assertion)
        case save(Int)
        /// Goes on at both, the first one preferred.
        case split(Int, Int)
        case jump(Int)
        case match
    }

    /// Go refuses larger ones too, though it counts in another way.
    private static let maximumSize = 100_000

    private(set) var instructions: [Instruction] = []
    private let pattern: String

    init(_ node: RegexNode, pattern: String) throws(HelmError) {
        self.pattern = pattern
        try append(.save(0))
        try compile(node)
        try append(.save(1))
        try append(.match)
    }

    private mutating func append(_ instruction: Instruction) throws(HelmError) {
        if instructions.count >= Self.maximumSize { throw RegexParser.error("expression too large", pattern) }
        instructions.append(instruction)
    }

    private mutating func compile(_ node: RegexNode) throws(HelmError) {
        switch node {
        case .empty: return
        case .set(let set): try append(.set(set))
        case .assertion(let assertion): try append(.assertion(assertion))
        case .group(let inner, let index):
            try append(.save(2 * index))
            try compile(inner)
            try append(.save(2 * index + 1))
        case .sequence(let nodes): for node in nodes { try compile(node) }
        case .alternatives(let nodes): try compile(alternatives: nodes)
        case .repetition(let inner, let minimum, let maximum, let isGreedy):
            guard let maximum else { return try loop(inner, minimum: minimum, isGreedy: isGreedy) }
            for _ in 0..<minimum { try compile(inner) }
            var ends: [Int] = []
            for _ in minimum..<max(minimum, maximum) {
                ends.append(instructions.count)
                try append(.jump(0))
                try compile(inner)
            }
            for end in ends { patch(end, next: end + 1, other: instructions.count, isGreedy: isGreedy) }
        }
    }

    private mutating func compile(alternatives: [RegexNode]) throws(HelmError) {
        var ends: [Int] = []
        for alternative in alternatives.dropLast() {
            let start = instructions.count
            try append(.jump(0))
            try compile(alternative)
            ends.append(instructions.count)
            try append(.jump(0))
            instructions[start] = .split(start + 1, instructions.count)
        }
        if let last = alternatives.last { try compile(last) }
        for end in ends { instructions[end] = .jump(instructions.count) }
    }

    /// What may be empty is once or not at all, then again: so the empty match ends a loop, as when backtracking.
    private mutating func loop(_ inner: RegexNode, minimum: Int, isGreedy: Bool) throws(HelmError) {
        let start = instructions.count
        if minimum == 0 {
            try append(.jump(0))
            if !inner.isNullable {
                try compile(inner)
                try append(.jump(start))
                return patch(start, next: start + 1, other: instructions.count, isGreedy: isGreedy)
            }
        }
        for _ in 1..<max(minimum, 1) { try compile(inner) }
        let last = instructions.count
        try compile(inner)
        let end = instructions.count
        try append(.jump(0))
        patch(end, next: last, other: end + 1, isGreedy: isGreedy)
        if minimum == 0 { patch(start, next: start + 1, other: end + 1, isGreedy: isGreedy) }
    }

    private mutating func patch(_ position: Int, next: Int, other: Int, isGreedy: Bool) {
        instructions[position] = isGreedy ? .split(next, other) : .split(other, next)
    }
}
