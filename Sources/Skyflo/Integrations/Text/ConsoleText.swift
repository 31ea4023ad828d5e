/// A console's log as plain text: without the sequences that colour it and move the cursor (ECMA-48), without the
/// annotations that Jenkins keeps in it, and with of each line only what stays to be seen.
package enum ConsoleText {
    package static func plain(_ bytes: some Collection<UInt8>) -> String {
        var line: [UInt8] = []
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var rest = Array(bytes)[...]
        while let byte = rest.first {
            switch byte {
            case 0x1B: rest = afterEscape(rest)
            case 0x0A:
                result += line
                result.append(byte)
                line = []
                rest.removeFirst()
            case 0x0D:
                rest.removeFirst()
                // What is written over a progress bar is what stays.
                if let next = rest.first, next != 0x0A, next != 0x0D { line = [] }
            case 0x09: append(byte, to: &line, &rest)
            case 0x00..<0x20, 0x7F: rest.removeFirst()
            default: append(byte, to: &line, &rest)
            }
        }
        return String(decoding: result + line, as: UTF8.self)
    }

    private static func append(_ byte: UInt8, to line: inout [UInt8], _ rest: inout ArraySlice<UInt8>) {
        line.append(byte)
        rest.removeFirst()
    }

    /// How Jenkins begins and ends an annotation (`hudson.console.ConsoleNote`): hidden text with base64 in it.
    private static let annotation = Array("\u{1B}[8mha:".utf8)
    private static let annotationEnd = Array("\u{1B}[0m".utf8)
    private static let longestAnnotation = 64 * 1024

    private static func afterEscape(_ rest: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        if rest.starts(with: annotation) {
            let body = rest.dropFirst(annotation.count)
            let base64 = body.prefix(longestAnnotation).prefix(while: isBase64)
            let behind = body.dropFirst(base64.count)
            return behind.starts(with: annotationEnd) ? behind.dropFirst(annotationEnd.count) : behind
        }
        let behind = rest.dropFirst()
        switch behind.first {
        case UInt8(ascii: "["):
            let final = behind.dropFirst().drop { (0x20...0x3F).contains($0) }
            return (0x40...0x7E).contains(final.first ?? 0) ? final.dropFirst() : final
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"):
            let end = behind.firstIndex { $0 == 0x07 || $0 == 0x0A || $0 == 0x1B } ?? behind.endIndex
            let tail = behind[end...]
            if tail.first == 0x07 { return tail.dropFirst() }
            return tail.first == 0x1B && tail.dropFirst().first == UInt8(ascii: "\\") ? tail.dropFirst(2) : tail
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "#"): return behind.dropFirst(2)
        default: return (0x30...0x7E).contains(behind.first ?? 0) ? behind.dropFirst() : behind
        }
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
            true
        default: false
        }
    }
}
