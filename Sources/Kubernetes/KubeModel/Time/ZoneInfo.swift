/// How far a local time is ahead of UTC, and what it is called then.
package struct UTCOffset: Sendable, Hashable {
    package var seconds: Int
    /// `CEST`; `+0330` where there is no word for it.
    package var abbreviation: String

    package init(seconds: Int, abbreviation: String) {
        self.seconds = seconds
        self.abbreviation = abbreviation
    }
}

/// When which offset from UTC holds in a time zone: a TZif file of the IANA time zone database (RFC 9636).
///
/// Foundation knows the same, and brings 30 MB of data about languages with it.
package struct ZoneInfo: Sendable {
    /// Seconds since 1970 from which on each offset holds, in ascending order.
    private var transitions: [Int64] = []
    private var offsets: [UTCOffset] = []
    private var first: UTCOffset
    /// What holds after the last transition; nil where the file doesn't say.
    private var rule: PosixTimeZone?

    /// - Returns: nil where the bytes are no TZif file.
    package init?(_ bytes: [UInt8]) {
        var reader = Reader(bytes: bytes)
        guard var header = reader.header() else { return nil }
        if header.version >= 2 {
            // The same again with 64 bits.
            reader.skip(header.size(timeSize: 4))
            guard let second = reader.header() else { return nil }
            header = second
        }
        let timeSize = header.version >= 2 ? 8 : 4
        guard reader.left >= header.size(timeSize: timeSize), header.types > 0 else { return nil }
        transitions = (0..<header.times).map { _ in reader.integer(timeSize) }
        let types = (0..<header.times).map { _ in Int(reader.integer(1)) & 0xFF }
        let all = (0..<header.types).map { _ in
            let seconds = Int(reader.integer(4))
            reader.skip(1)
            return (seconds: seconds, name: Int(reader.integer(1)) & 0xFF)
        }
        guard types.allSatisfy(all.indices.contains) else { return nil }
        let names = reader.bytes(header.characters)
        let named = all.map { one in
            let name = names.dropFirst(one.name).prefix { $0 != 0 }
            return UTCOffset(seconds: one.seconds, abbreviation: String(decoding: name, as: UTF8.self))
        }
        (offsets, first) = (types.map { named[$0] }, named[0])
        reader.skip(header.size(timeSize: timeSize) - header.times * (timeSize + 1) - header.types * 6 - names.count)
        if header.version >= 2 { rule = PosixTimeZone(reader.footer()) }
    }

    package func offset(at seconds: Int64) -> UTCOffset {
        // The first transition after the moment, by halves.
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        if low == transitions.count, let rule { return rule.offset(at: seconds) }
        return low == 0 ? first : offsets[low - 1]
    }

    private struct Header {
        var version: Int
        var isUTC, isStandard, leaps, times, types, characters: Int

        /// Of what comes after it.
        func size(timeSize: Int) -> Int {
            times * (timeSize + 1) + types * 6 + characters + leaps * (timeSize + 4) + isStandard + isUTC
        }
    }

    private struct Reader {
        var bytes: [UInt8]
        var position = 0
        var left: Int { bytes.count - position }

        mutating func skip(_ count: Int) { position = min(bytes.count, position + max(0, count)) }

        mutating func bytes(_ count: Int) -> ArraySlice<UInt8> {
            defer { skip(count) }
            return bytes[position..<min(bytes.count, position + count)]
        }

        /// Big-endian, with a sign; 0 behind the end.
        mutating func integer(_ size: Int) -> Int64 {
            guard left >= size else { return 0 }
            defer { position += size }
            let start: Int64 = size > 1 && bytes[position] & 0x80 != 0 ? -1 : 0
            return bytes[position..<position + size].reduce(start) { $0 << 8 | Int64($1) }
        }

        mutating func header() -> Header? {
            guard left >= 44, bytes[position..<position + 4].elementsEqual("TZif".utf8) else { return nil }
            let version = bytes[position + 4]
            skip(20)
            let counts = (0..<6).map { _ in Int(integer(4)) }
            // No file of the database has as many.
            guard counts.allSatisfy((0...100_000).contains) else { return nil }
            return Header(
                version: version >= 0x32 ? 2 : 1, isUTC: counts[0], isStandard: counts[1], leaps: counts[2],
                times: counts[3], types: counts[4], characters: counts[5])
        }

        /// The line between two line feeds at the end.
        mutating func footer() -> String {
            guard left > 0, bytes[position] == 0x0A else { return "" }
            return String(decoding: bytes[(position + 1)...].prefix { $0 != 0x0A }, as: UTF8.self)
        }
    }
}
