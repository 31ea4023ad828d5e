/// Text of a model, a tool or a cluster, as it may be shown on a terminal.
///
/// A terminal obeys what it is sent: an escape sequence in a diff can hide the line above it, a right-to-left override can
/// show an image's name backwards, and zero-width characters make two names look the same. Whoever approves what is shown
/// has to see all of it.
package enum SafeText {
    /// The text with everything that isn't visible where it stands written as `\u{…}`. Line feeds and tabs stay, and so do
    /// the joiners that emoji and some scripts need, where they stand behind a character that isn't ASCII.
    package static func escape(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        var before: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            if isShown(scalar, behind: before) {
                result.unicodeScalars.append(scalar)
            } else {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            }
            before = scalar
        }
        return result
    }

    /// The same within JSON, where such characters can only stand in strings: the value stays what it was.
    package static func escapeJSON(_ json: String) -> String {
        var result = ""
        result.reserveCapacity(json.utf8.count)
        for scalar in json.unicodeScalars {
            guard !isShown(scalar, behind: " ") else {
                result.unicodeScalars.append(scalar)
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return result
    }

    private static func isShown(_ scalar: Unicode.Scalar, behind before: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value >= 0x20 && scalar.value != 0x7F || scalar == "\n" || scalar == "\t" }
        switch scalar.value {
        case 0x200C, 0x200D: return !before.isASCII
        // Whether an emoji is drawn in colour.
        case 0xFE0E, 0xFE0F: return !before.isASCII
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: return false
        default: return !scalar.properties.isDefaultIgnorableCodePoint
        }
    }
}
