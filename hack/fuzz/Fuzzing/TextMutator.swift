/// Makes new inputs of a corpus: a few random changes of one of its texts.
struct TextMutator {
    let corpus: [[UInt8]]
    /// Pieces that mean something in the language.
    let words: [[UInt8]]

    func next(_ random: inout SeededGenerator) -> [UInt8] {
        var text = corpus[random.below(corpus.count)]
        for _ in 0..<(1 + random.below(6)) { change(&text, &random) }
        return text
    }

    private func change(_ text: inout [UInt8], _ random: inout SeededGenerator) {
        let at = random.below(text.count + 1)
        let end = min(text.count, at + 1 + random.below(random.once(in: 8) ? 64 : 6))
        switch random.below(8) {
        case 0: if at < text.count { text[at] = UInt8.random(in: 0...255, using: &random) }
        case 1: if at < text.count { text[at] ^= 1 << UInt8(random.below(8)) }
        case 2, 3: text.insert(contentsOf: words[random.below(words.count)], at: at)
        case 4: text.removeSubrange(at..<end)
        case 5: text.replaceSubrange(at..<end, with: words[random.below(words.count)])
        case 6:
            // Now and then often, for depth and size.
            let piece = Array(text[at..<end])
            for _ in 0..<(random.once(in: 20) ? 2000 : 1) { text.insert(contentsOf: piece, at: at) }
        default:
            let other = corpus[random.below(corpus.count)]
            let start = random.below(other.count + 1)
            text.replaceSubrange(at..., with: other[start...])
        }
    }
}
