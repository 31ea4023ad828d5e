/// What is known about the messages of the Kubernetes API, read once from its table.
///
/// A type is `s` string, `b` bytes, `t` bool, `i` integer, `d` double, `T` Time, `M` MicroTime, `Q` Quantity,
/// `I` IntOrString, `R` RawExtension, `F` FieldsV1, `E` a list of strings in a message of its own, or the name of a
/// message; `*` before it is a list and `%` a map from strings. `!` behind it: a zero value is said on purpose (a pointer
/// in the API, or a member that JSON always writes). `^` in place of a name: the message's members are the outer ones.
struct ProtobufFields: Sendable {
    struct Field: Sendable {
        enum Shape: Sendable { case single, list, map }

        /// nil for one whose members belong to the outer message.
        var name: String?
        var shape = Shape.single
        var type: Substring
        var keepsZero = false
    }

    static let shared = ProtobufFields()

    private var kinds: [Substring: Substring] = [:]
    private var messages: [Substring: [Int: Field]] = [:]

    private init() {
        for line in Self.kindTable.split(separator: "\n") {
            guard let space = line.lastIndex(of: " ") else { continue }
            kinds[line[..<space]] = line[line.index(after: space)...]
        }
        for line in Self.messageTable.split(separator: "\n") {
            let words = line.split(separator: " ")
            messages[words[0]] = .init(words.dropFirst().compactMap(Self.field)) { first, _ in first }
        }
    }

    private static func field(_ word: Substring) -> (Int, Field)? {
        let digits = word.prefix { $0.isNumber }
        var rest = word[digits.endIndex...]
        guard let number = Int(digits) else { return nil }
        if rest.first == "^" { return (number, Field(type: rest.dropFirst())) }
        guard let colon = rest.firstIndex(of: ":") else { return nil }
        var field = Field(name: String(rest[..<colon]), type: "")
        rest = rest[rest.index(after: colon)...]
        switch rest.first {
        case "*": field.shape = .list
        case "%": field.shape = .map
        default: break
        }
        if field.shape != .single { rest.removeFirst() }
        field.keepsZero = rest.last == "!"
        field.type = field.keepsZero ? rest.dropLast() : rest
        return (number, field)
    }

    /// DeleteOptions belong to every group version.
    func message(apiVersion: String, kind: String) -> Substring? {
        kind == "DeleteOptions" ? "meta.DeleteOptions" : kinds["\(apiVersion) \(kind)"]
    }

    subscript(message: Substring) -> [Int: Field]? { messages[message] }
}
