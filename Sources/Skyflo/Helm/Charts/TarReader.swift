/// The entries of a tar: POSIX, GNU with long names, and pax with its paths.
struct TarReader {
    struct Entry {
        var name: String
        enum Kind { case file, folder, link, other }

        var kind: Kind
        var data: ArraySlice<UInt8>
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func next() throws(HelmError) -> Entry? {
        var longName: String?
        while true {
            guard position + 512 <= bytes.count else {
                if position < bytes.count { throw HelmError("unexpected EOF") }
                return nil
            }
            let header = bytes[position..<position + 512]
            if header.allSatisfy({ $0 == 0 }) { return nil }
            guard isValid(header), let size = number(header, at: 124, count: 12), size >= 0 else {
                throw HelmError("archive/tar: invalid tar header")
            }
            let start = position + 512
            let (end, overflows) = start.addingReportingOverflow(size)
            guard !overflows, end <= bytes.count else { throw HelmError("unexpected EOF") }
            position = min(bytes.count, (end + 511) / 512 * 512)
            let data = bytes[start..<end]
            let type = Unicode.Scalar(header[header.startIndex + 156])
            switch type {
            case "L": longName = text(data)
            case "x": longName = paxPath(data) ?? longName
            case "g", "K": continue
            default:
                let name = longName ?? self.name(header)
                return Entry(name: name, kind: Self.kind(type, name), data: data)
            }
        }
    }

    private static func kind(_ type: Unicode.Scalar, _ name: String) -> Entry.Kind {
        switch type {
        case "0", "\0", "7": name.hasSuffix("/") ? .folder : .file
        case "1", "2": .link
        case "5": .folder
        default: .other
        }
    }

    private func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    private func field(_ header: ArraySlice<UInt8>, at offset: Int, count: Int) -> ArraySlice<UInt8> {
        header[(header.startIndex + offset)..<(header.startIndex + offset + count)]
    }

    private func name(_ header: ArraySlice<UInt8>) -> String {
        let name = text(field(header, at: 0, count: 100))
        guard field(header, at: 257, count: 6).elementsEqual("ustar\0".utf8) else { return name }
        let prefix = text(field(header, at: 345, count: 155))
        return prefix.isEmpty ? name : "\(prefix)/\(name)"
    }

    /// An octal number, or a binary one where the first bit is set.
    private func number(_ header: ArraySlice<UInt8>, at offset: Int, count: Int) -> Int? {
        let field = field(header, at: offset, count: count)
        if let first = field.first, first & 0x80 != 0 {
            var value = Int(first & 0x7F)
            for byte in field.dropFirst() {
                guard value < 1 << 54 else { return nil }
                value = value << 8 | Int(byte)
            }
            return value
        }
        let digits = field.filter { $0 != 0 && $0 != 0x20 }
        return digits.isEmpty ? 0 : Int(String(decoding: digits, as: UTF8.self), radix: 8)
    }

    private func isValid(_ header: ArraySlice<UInt8>) -> Bool {
        guard let expected = number(header, at: 148, count: 8) else { return false }
        var sum = 8 * 0x20
        for (offset, byte) in header.enumerated() where !(148..<156).contains(offset) { sum += Int(byte) }
        return sum == expected
    }

    /// The path among records such as `25 path=chart/values.yaml\n`.
    private func paxPath(_ data: ArraySlice<UInt8>) -> String? {
        var rest = data
        var path: String?
        while let space = rest.firstIndex(of: 0x20), let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
            length > 0, length <= rest.count, rest.startIndex + length - 1 > space
        {
            let record = rest[(space + 1)..<(rest.startIndex + length - 1)]
            if record.starts(with: "path=".utf8) { path = String(decoding: record.dropFirst(5), as: UTF8.self) }
            rest = rest[(rest.startIndex + length)...]
        }
        return path
    }
}
