/// Values in XML.
extension TextRedaction {
    /// `<password>x</password>`, `<entry key="password">x</entry>`, also escaped as `&lt;password&gt;`.
    /// - Returns: the content, nothing of it where it is for all to read; nil where this is no element.
    func element(_ word: ArraySlice<UInt8>, as meaning: CredentialNames.Meaning) -> Range<Int>? {
        guard let start = content(word) else { return nil }
        var from = skipSpace(start)
        for tag: StaticString in ["<value>", "<string>"] where starts(tag, at: from) { from += tag.utf8CodeUnitCount }
        let isData = starts("<![CDATA[", at: from)
        if isData { from += 9 }
        var end = from
        while end < bytes.count, end - from < 4096 {
            if isData ? starts("]]>", at: end) : bytes[end] == UInt8(ascii: "<") || starts("&lt;", at: end) { break }
            end += 1
        }
        // Without its end it is an element only where the value follows at once: usages name `<password>` as well.
        let isClosed = isData || starts("</", at: end) || starts("&lt;/", at: end) || starts("<\\/", at: end)
        guard end < bytes.count, end - from < 4096, isClosed else {
            return from == start && !isLineEnd(from) && byte(from) != UInt8(ascii: "<")
                ? inline(from, as: meaning) : nil
        }
        while end > from, Self.isSpace(bytes[end - 1]) { end -= 1 }
        let value = from..<end
        let isHidden = !isSettled(bytes[value]) && CredentialValues.isCredential(text(value), as: meaning)
        return isHidden ? value : from..<from
    }

    /// Where the content of the element begins that has this name, or an attribute with it.
    private func content(_ word: ArraySlice<UInt8>) -> Int? {
        var at = word.endIndex
        let before = byte(word.startIndex - 1)
        let isElement = before == UInt8(ascii: "<") || isNamespace(word.startIndex) || isEscapedTag(word.startIndex)
        if !isElement {
            guard let before, Self.isQuote(before), byte(at) == before,
                byte(word.startIndex - 2) == UInt8(ascii: "=") || byte(word.startIndex - 3) == UInt8(ascii: "=")
            else {
                return plistValue(word)
            }
            at += 1
        }
        var quote: UInt8?
        let limit = min(at + 256, bytes.count)
        while at < limit {
            let byte = bytes[at]
            if let open = quote {
                if byte == open { quote = nil }
            } else if Self.isQuote(byte) {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                return bytes[at - 1] == UInt8(ascii: "/") ? nil : at + 1
            } else if starts("&gt;", at: at) {
                return at + 4
            } else if byte == UInt8(ascii: "<") || byte == 0x0A || (at > word.endIndex && starts("value", at: at)) {
                return nil
            } else if at == word.endIndex, !Self.isSpace(byte) {
                return nil
            }
            at += 1
        }
        return nil
    }

    private func isNamespace(_ start: Int) -> Bool {
        guard byte(start - 1) == UInt8(ascii: ":") else { return false }
        var at = start - 1
        while at > 0, start - at < 32, Self.isWord(bytes[at - 1]) { at -= 1 }
        return byte(at - 1) == UInt8(ascii: "<")
    }

    private func isEscapedTag(_ start: Int) -> Bool { starts("&lt;", at: start - 4) }

    /// `<key>password</key><string>x</string>`
    private func plistValue(_ word: ArraySlice<UInt8>) -> Int? {
        guard byte(word.startIndex - 1) == UInt8(ascii: ">"), starts("</", at: word.endIndex) else { return nil }
        var at = word.endIndex
        let limit = min(at + 64, bytes.count)
        while at < limit, bytes[at] != UInt8(ascii: ">") { at += 1 }
        at = skipSpace(min(at + 1, bytes.count))
        for tag: StaticString in ["<string>", "<value>", "<data>"] where starts(tag, at: at) {
            return at + tag.utf8CodeUnitCount
        }
        return nil
    }
}
