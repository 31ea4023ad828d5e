/// Numbers over time in one line of text.
package enum Sparkline {
    private static let blocks = Array("▁▂▃▄▅▆▇█")

    /// - Parameters:
    ///   - values: in the order of time, at equal distances; nil where there is none.
    ///   - width: the most characters. Where there are more values, a character stands for the highest of some: a spike that
    ///     isn't seen is worse than one that is seen too wide.
    /// - Returns: a blank for each place without a number. Of equal values, the line is low where they are 0 and else in the
    ///   middle.
    package static func text(_ values: [Double?], width: Int = 60) -> String {
        guard width > 0, !values.isEmpty else { return "" }
        let count = min(width, values.count)
        let cells: [Double?] = (0..<count).map { cell in
            let part = values[(cell * values.count / count)..<((cell + 1) * values.count / count)]
            return part.compactMap { $0 }.filter(\.isFinite).max()
        }
        let known = cells.compactMap { $0 }
        guard let low = known.min(), let high = known.max() else { return String(repeating: " ", count: count) }
        // Halves, so that the distance of two huge numbers is one as well.
        let span = high / 2 - low / 2
        return String(
            cells.map { cell -> Character in
                guard let cell else { return " " }
                guard span > 0 else { return blocks[low == 0 ? 0 : 3] }
                let level = ((cell / 2 - low / 2) / span * Double(blocks.count - 1)).rounded()
                return blocks[min(max(Int(level), 0), blocks.count - 1)]
            })
    }
}

/// A number for people: six digits that count.
package enum ShortNumber {
    package static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
        var (scale, size) = (1.0, abs(value))
        guard size >= 1e-4, size < 1e15 else { return "\(value)" }
        while size < 100_000 {
            size *= 10
            scale *= 10
        }
        let short = (value * scale).rounded() / scale
        return short == short.rounded() ? String(Int(short)) : "\(short)"
    }
}
