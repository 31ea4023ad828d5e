/// Runs a program over a text in a time that is linear in both: all ways to match go on side by side (Pike's machine), and
/// of two that are at the same instruction the preferred one stays.
struct RegexMatcher {
    private struct Thread {
        var instruction: Int
        /// The positions of groups, start and end of each; -1 where a group took no part.
        var groups: [Int]
    }

    private let instructions: [RegexProgram.Instruction]
    private let text: [UInt8]
    private let groupCount: Int
    private var mark: [Int]
    private var generation = 0
    /// What was done since the last charge.
    private var work = 0

    init(_ program: RegexProgram, groupCount: Int, text: [UInt8]) {
        instructions = program.instructions
        self.text = text
        self.groupCount = groupCount
        mark = Array(repeating: 0, count: program.instructions.count)
        work = program.instructions.count >> 4
    }

    /// The leftmost match that begins at `start` or later, as positions of its groups; of several there, the preferred one.
    ///
    /// - Parameter charge: is told how many instructions were followed, from time to time.
    mutating func firstMatch(from start: Int, charge: GoRegex.Charge) throws(HelmError) -> [Int]? {
        var current: [Thread] = []
        var next: [Thread] = []
        var found: [Int]?
        var position = start
        let none = Array(repeating: -1, count: 2 * groupCount)
        generation += 1
        work += 2 * groupCount
        while true {
            if work >= 0x4000 {
                try charge(work)
                work = 0
            }
            if found == nil { follow(0, at: position, groups: none, into: &current) }
            if current.isEmpty, found != nil { return try finish(found, charge) }
            let (scalar, length) = position < text.count ? Self.decode(text, at: position) : (nil, 0)
            generation += 1
            next.removeAll(keepingCapacity: true)
            for thread in current {
                switch instructions[thread.instruction] {
                case .set(let set):
                    guard let scalar, set.contains(scalar) else { continue }
                    follow(thread.instruction + 1, at: position + length, groups: thread.groups, into: &next)
                    continue
                case .match: found = thread.groups
                default: continue
                }
                break
            }
            guard scalar != nil else { return try finish(found, charge) }
            swap(&current, &next)
            position += length
        }
    }

    private mutating func finish(_ found: [Int]?, _ charge: GoRegex.Charge) throws(HelmError) -> [Int]? {
        try charge(work)
        work = 0
        return found
    }

    /// Adds the threads that an instruction leads to without a character, in the order of preference.
    private mutating func follow(_ instruction: Int, at position: Int, groups: [Int], into threads: inout [Thread]) {
        var pending = [(instruction, groups)]
        while let (instruction, groups) = pending.popLast() {
            guard mark[instruction] != generation else { continue }
            mark[instruction] = generation
            work += 1
            switch instructions[instruction] {
            case .jump(let target): pending.append((target, groups))
            case .split(let first, let second):
                pending.append((second, groups))
                pending.append((first, groups))
            case .save(let slot):
                var groups = groups
                work += groups.count >> 3
                if slot < groups.count { groups[slot] = position }
                pending.append((instruction + 1, groups))
            case .assertion(let assertion):
                if holds(assertion, at: position) { pending.append((instruction + 1, groups)) }
            case .set, .match: threads.append(Thread(instruction: instruction, groups: groups))
            }
        }
    }

    private func holds(_ assertion: RegexNode.Assertion, at position: Int) -> Bool {
        switch assertion {
        case .textStart: position == 0
        case .textEnd: position == text.count
        case .lineStart: position == 0 || text[position - 1] == 10
        case .lineEnd: position == text.count || text[position] == 10
        case .wordBoundary: isWord(at: position - 1) != isWord(at: position)
        case .noWordBoundary: isWord(at: position - 1) == isWord(at: position)
        }
    }

    private func isWord(at position: Int) -> Bool {
        text.indices.contains(position) && RegexClass.words.contains(UInt32(text[position]))
    }

    /// The character there and its bytes; what isn't UTF-8 is U+FFFD of one byte.
    static func decode(_ text: [UInt8], at position: Int) -> (scalar: UInt32?, length: Int) {
        let first = text[position]
        if first < 0x80 { return (UInt32(first), 1) }
        let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        let end = position + length
        guard end <= text.count, let character = String(validating: text[position..<end], as: UTF8.self),
            let scalar = character.unicodeScalars.first
        else { return (0xFFFD, 1) }
        return (scalar.value, length)
    }
}
