/// Cuts a rendered file into documents as Helm v4.2.3 does: at `---` at the beginning of a line, whatever is behind it.
enum ManifestSplitter {
    static func documents(of text: ByteString) -> [ByteString] {
        let bytes = text.bytes
        var documents: [ByteString] = []
        var start = leadingSpace(in: bytes[...])
        var position = start
        // A mark at the beginning of the text is one too.
        if isMark(at: position, in: bytes) { position = skipMark(at: position, in: bytes); start = position }
        while position < bytes.count {
            guard bytes[position] == 0x0A, isMark(at: position + 1, in: bytes) else {
                position += 1
                continue
            }
            var end = position
            while end > start, isSpace(bytes[end - 1]) { end -= 1 }
            append(bytes[start..<end], to: &documents)
            position = skipMark(at: position + 1, in: bytes)
            start = position
        }
        append(bytes[min(start, bytes.count)...], to: &documents)
        return documents
    }

    private static func append(_ document: ArraySlice<UInt8>, to documents: inout [ByteString]) {
        let trimmed = document.dropFirst(leadingSpace(in: document) - document.startIndex)
        if !trimmed.isEmpty { documents.append(ByteString(bytes: Array(trimmed))) }
    }

    private static func isMark(at position: Int, in bytes: [UInt8]) -> Bool {
        position + 3 <= bytes.count && bytes[position..<position + 3].elementsEqual("---".utf8)
    }

    /// Past the three dashes and the white space behind. A line feed there may begin the next mark: it is taken too.
    private static func skipMark(at position: Int, in bytes: [UInt8]) -> Int {
        var position = position + 3
        while position < bytes.count, isSpace(bytes[position]) { position += 1 }
        return position
    }

    /// `\s` of Go's expressions.
    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0C || byte == 0x0D
    }

    /// Where the text begins behind white space of any kind.
    private static func leadingSpace(in bytes: ArraySlice<UInt8>) -> Int {
        var position = bytes.startIndex
        while position < bytes.endIndex {
            let (scalar, length) =
                bytes[position] < 0x80
                ? (UInt32(bytes[position]), 1)
                : GoText.decode(Array(bytes[position..<min(position + 4, bytes.endIndex)]), at: 0)
            guard GoText.isSpace(scalar) else { break }
            position += length
        }
        return position
    }
}
