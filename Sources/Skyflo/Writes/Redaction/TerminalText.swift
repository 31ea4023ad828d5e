/// A text without the sequences that colour it on a terminal (ECMA-48), so that none of them parts a name from its value.
/// They are also found as programs write them into JSON and as log collectors leave them: `\u001b[36m`, `[36m`.
struct TerminalText {
    let original: [UInt8]
    /// What is to be read.
    private(set) var plain: [UInt8] = []
    /// Where each byte of ``plain`` stands in ``original``; empty where nothing was left out.
    private var offsets: [Int] = []
    /// Where it ends there.
    private var ends: [Int] = []

    init(_ text: [UInt8]) {
        original = text
        guard text.contains(where: { $0 == 0x1B || $0 == 0x5B || $0 == 0x9B || $0 == 0x26 || $0 == 0x5C }) else {
            plain = text
            return
        }
        var at = 0
        while at < text.count {
            if let end = Self.sequenceEnd(text, at: at) {
                at = end
                continue
            }
            let (byte, end) = Self.entity(text, at: at) ?? (text[at], at + 1)
            plain.append(byte)
            offsets.append(at)
            ends.append(end)
            at = end
        }
        if plain.count == text.count { (offsets, ends) = ([], []) }
    }

    /// A text as it is.
    init(uncoloured text: [UInt8]) {
        original = text
        plain = text
    }

    var isChanged: Bool { !offsets.isEmpty || plain.count != original.count }

    /// Where a part of ``plain`` stands in the original, with the sequences in it.
    func original(_ range: Range<Int>) -> Range<Int> {
        guard isChanged, !range.isEmpty else { return range }
        return offsets[range.lowerBound]..<ends[range.upperBound - 1]
    }

    /// A quote or a separator as HTML and JSON write it.
    private static func entity(_ text: [UInt8], at: Int) -> (byte: UInt8, end: Int)? {
        guard text[at] == UInt8(ascii: "&") || text[at] == UInt8(ascii: "\\") else { return nil }
        for (form, byte) in entities where text[at...].starts(with: form) { return (byte, at + form.count) }
        return nil
    }

    private static let entities: [([UInt8], UInt8)] = [
        ("&quot;", 0x22), ("&#34;", 0x22), ("&#x22;", 0x22), ("&#39;", 0x27), ("&apos;", 0x27), ("&#61;", 0x3D),
        ("&#x3D;", 0x3D), ("&#58;", 0x3A), ("\\u0022", 0x22), ("\\u0027", 0x27), ("\\u003d", 0x3D), ("\\u003D", 0x3D),
        ("\\u003e", 0x3E), ("\\u003E", 0x3E), ("\\u003a", 0x3A), ("\\u003A", 0x3A),
    ].map { (Array($0.0.utf8), $0.1) }

    /// How many bytes a sequence may have: it is no sequence otherwise.
    private static let limit = 256

    private static func sequenceEnd(_ text: [UInt8], at: Int) -> Int? {
        switch text[at] {
        case 0x1B: escape(text, at: at + 1)
        // U+009B, in UTF-8.
        case 0xC2: at + 1 < text.count && text[at + 1] == 0x9B ? control(text, start: at + 2, end: nil) : nil
        case UInt8(ascii: "\\"), UInt8(ascii: "^"): written(text, at: at)
        // Only colours: others could be anything.
        case UInt8(ascii: "["): control(text, start: at + 1, end: UInt8(ascii: "m"))
        default: nil
        }
    }

    private static func written(_ text: [UInt8], at: Int) -> Int? {
        for form in forms where text[at...].starts(with: form) {
            return control(text, start: at + form.count, end: nil)
        }
        return nil
    }

    private static let forms = [
        "\\u001b[", "\\u001B[", "\\x1b[", "\\x1B[", "\\033[", "\\e[", "^[[",
    ].map { Array($0.utf8) }

    private static func escape(_ text: [UInt8], at: Int) -> Int? {
        guard at < text.count else { return at }
        switch text[at] {
        case UInt8(ascii: "["): return control(text, start: at + 1, end: nil) ?? at
        case UInt8(ascii: "]"): return command(text, start: at + 1) ?? at
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "#"): return min(at + 2, text.count)
        case 0x30...0x3F, 0x40...0x5A, UInt8(ascii: "c"): return at + 1
        default: return at
        }
    }

    /// Parameters and the letter that ends them.
    private static func control(_ text: [UInt8], start: Int, end: UInt8?) -> Int? {
        var at = start
        while at < text.count, at - start < 32, text[at] >= 0x20, text[at] <= 0x3F { at += 1 }
        guard at < text.count, text[at] >= 0x40, text[at] <= 0x7E else { return nil }
        guard let end else { return at + 1 }
        let parameters = text[start..<at]
        return text[at] == end && at - start <= 12 && parameters.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x3B }
            ? at + 1 : nil
    }

    /// The title of a window, or a link, up to BEL or `ESC \`.
    private static func command(_ text: [UInt8], start: Int) -> Int? {
        for at in start..<min(start + limit, text.count) {
            if text[at] == 0x07 { return at + 1 }
            if text[at] == 0x0A { return nil }
            if text[at] == 0x1B { return at + 1 < text.count && text[at + 1] == UInt8(ascii: "\\") ? at + 2 : nil }
        }
        return nil
    }
}
