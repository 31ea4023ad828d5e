/// What becomes of texts because `sigs.k8s.io/yaml` writes JSON, which go-yaml then reads as YAML: the two differ.
enum JSONDetour {
    /// A text as go-yaml reads it from JSON: U+0085 is a line break for YAML, which folds it.
    static func folded(_ text: [UInt8]) -> [UInt8] {
        guard text.containsNextLine else { return text }
        var folded: [UInt8] = []
        var position = 0
        while position < text.count {
            guard text[position] == 0xC2, text[position + 1] == 0x85 else {
                folded.append(text[position])
                position += 1
                continue
            }
            while folded.last == UInt8(ascii: " ") { folded.removeLast() }
            var breaks = 0
            while position < text.count {
                if text[position] == UInt8(ascii: " ") {
                    position += 1
                } else if text[position] == 0xC2, text[position + 1] == 0x85 {
                    breaks += 1
                    position += 2
                } else {
                    break
                }
            }
            folded += breaks == 1 ? [UInt8(ascii: " ")] : Array(repeating: UInt8(ascii: "\n"), count: breaks - 1)
        }
        return folded
    }

    /// Whether go-yaml reads a key from JSON: keys are on one line and have 1,024 characters at most, with their escapes.
    static func isReadable(key: [UInt8]) -> Bool {
        if key.count <= 170 { return !key.containsNextLine }
        var length = 2
        var position = 0
        while position < key.count {
            let (scalar, count) = key.scalar(at: position)
            switch scalar {
            case "\"", "\\", "\n", "\r", "\t", "\u{08}", "\u{0C}": length += 2
            case "<", ">", "&", "\u{2028}", "\u{2029}", "\0"..."\u{1F}": length += 6
            default: length += 1
            }
            position += count
        }
        return length <= 1024 && !key.containsNextLine
    }
}

extension [UInt8] {
    fileprivate var containsNextLine: Bool {
        for position in indices where self[position] == 0xC2 && self[position + 1] == 0x85 { return true }
        return false
    }
}
