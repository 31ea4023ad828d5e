import KubeModel
import ToolKit
import Writes

/// Fields of objects as the columns of a table: `.spec.nodeName,IMAGE:.spec.containers[*].image`, as `custom-columns` of kubectl
/// takes them.
struct CustomColumns: Sendable, Hashable {
    private struct Column: Hashable {
        var title: String
        var path: FieldPath
    }

    private static let maximum = 16
    /// Characters that a cell shows.
    private static let cellLength = 1024

    private var columns: [Column] = []

    init(parsing text: String) throws(ToolFailure) {
        for item in Self.items(text) {
            do {
                columns.append(try Self.column(item))
            } catch { throw ToolFailure("columns: \(error.message)") }
        }
        guard !columns.isEmpty else { throw ToolFailure("columns: names no field") }
        guard columns.count <= Self.maximum else {
            throw ToolFailure("columns: \(columns.count) are more than \(Self.maximum)")
        }
    }

    /// At commas outside of brackets and quotes.
    private static func items(_ text: String) -> [String] {
        var items = [""]
        var depth = 0
        var quote: Character?
        let prefix = "custom-columns="
        for character in text.hasPrefix(prefix) ? text.dropFirst(prefix.count) : text[...] {
            if let open = quote {
                if character == open { quote = nil }
            } else {
                switch character {
                case "'", "\"": quote = character
                case "[", "(", "{": depth += 1
                case "]", ")", "}": depth -= 1
                default: break
                }
                if depth == 0, character == "," {
                    items.append("")
                    continue
                }
            }
            items[items.count - 1].append(character)
        }
        return items.map(\.trimmingBlanks).filter { !$0.isEmpty }
    }

    /// `IMAGE:.spec.containers[*].image`; without a title the path is it.
    private static func column(_ item: String) throws(ToolFailure) -> Column {
        if let colon = item.firstIndex(of: ":"), isTitle(item[..<colon]) {
            let path = try FieldPath(parsing: String(item[item.index(after: colon)...]))
            return Column(title: item[..<colon].trimmingBlanks.uppercased(), path: path)
        }
        let path = try FieldPath(parsing: item)
        let title = path.text.dropFirst().dropLast()
        return Column(
            title: String(title.hasPrefix(".") && !title.hasPrefix("..") ? title.dropFirst() : title), path: path)
    }

    private static func isTitle(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { Names.isAlphanumeric($0) || "-_ /%()".utf8.contains($0) }
    }

    var titles: [String] { columns.map(\.title) }

    /// - Parameter object: without its secrets.
    func cells(of object: KubeObject) -> [String] {
        columns.map { column in
            let values = column.path.values(in: object.json).map(Self.text)
            guard !values.isEmpty else { return "<none>" }
            let cell = values.joined(separator: ",").replacing("\n", with: "\\n")
            return OutputLimit.shorten(cell, to: Self.cellLength)
        }
    }

    /// Scalars as they are, the rest as JSON.
    private static func text(_ value: JSONValue) -> String { value.string ?? JSONWriter.string(value) }
}
