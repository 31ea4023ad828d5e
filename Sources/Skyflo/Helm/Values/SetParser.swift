/// Reads an argument of `--set` and its relatives, `a.b=1,c[0]=x`, into values as Helm does, with its error texts.
package struct SetParser {
    /// What the text behind `=` is.
    package enum Form {
        /// Integers, booleans, null, lists in braces, and texts
        case typed
        case string
        case json
        /// The text is all there is after `=`, and nothing in keys has a meaning but points and brackets.
        case literal
        /// What the function returns for the text, as the content of the file of that name.
        case file((ByteString) throws(HelmError) -> ByteString)
    }

    /// The text may end at many places without a fault; where a key or value ends differs.
    enum Fault: Error {
        case end
        case notList
        case problem(HelmError)

        static func problem(_ text: String) -> Fault { .problem(HelmError(text)) }
    }

    static let maximumIndex = 65_536
    private static let maximumLevels = 30
    /// Lists within each other. Helm has no limit, and Go's stack room for them.
    private static let maximumListLevels = 200
    /// Elements of lists that one argument may go through: `a[65536]=x` alone makes 65 537.
    private static let maximumElements = 20_000_000

    let form: Form
    var rest: ArraySlice<UInt32>
    private var elements = 0
    private var listLevel = 0

    private init(_ text: ByteString, form: Form) {
        self.form = form
        rest = GoText.scalars(text)[...]
    }

    /// Reads the argument into `values`, over what they have.
    package static func parse(_ text: ByteString, form: Form, into values: HelmMap) throws(HelmError) {
        var parser = SetParser(text, form: form)
        while true {
            do throws(Fault) {
                try parser.key(in: values, level: 0)
            } catch {
                guard case .problem(let problem) = error else { return }
                throw problem
            }
        }
    }

    private var isLiteral: Bool {
        if case .literal = form { true } else { false }
    }

    private var isJSON: Bool {
        if case .json = form { true } else { false }
    }

    /// The characters up to one of `stops`, which is read too; `stop` is nil at the end of the text.
    mutating func characters(until stops: Set<Unicode.Scalar>) -> (text: [UInt32], stop: Unicode.Scalar?) {
        var text: [UInt32] = []
        while let character = rest.popFirst() {
            if let scalar = Unicode.Scalar(character), stops.contains(scalar) { return (text, scalar) }
            if character == 0x5C, !isLiteral {
                guard let next = rest.popFirst() else { return (text, nil) }
                text.append(next)
            } else {
                text.append(character)
            }
        }
        return (text, nil)
    }

    private mutating func key(in map: HelmMap, level: Int) throws(Fault) {
        let (characters, stop) = characters(until: isLiteral ? ["=", "[", "."] : ["=", "[", ",", "."])
        let key = GoText.text(characters)
        switch stop {
        case "[":
            let index = try index()
            let list = try Self.list(map[key])
            let result = item(in: list, at: index, level: level)
            Self.set(key, .list(result.list), in: map)
            if let fault = result.fault { throw fault }
        case "=": try value(for: key, in: map)
        case ",":
            Self.set(key, .string(ByteString("")), in: map)
            throw .problem("key \(GoQuote.quoted(key).text) has no value (cannot end with ,)")
        case ".": try members(of: key, in: map, level: level + 1)
        default:
            if characters.isEmpty { throw .end }
            throw .problem("key \(GoQuote.quoted(key).text) has no value")
        }
    }

    private mutating func members(of key: ByteString, in map: HelmMap, level: Int) throws(Fault) {
        if level > Self.maximumLevels {
            throw .problem(
                "value name nested level is greater than maximum supported nested level of \(Self.maximumLevels)")
        }
        var inner = HelmMap()
        if let value = map[key] {
            guard case .map(let members) = value else { throw Self.mismatch(value, "map[string]interface {}") }
            inner = members
        }
        var fault: Fault?
        do throws(Fault) {
            try self.key(in: inner, level: level)
        } catch {
            fault = error
        }
        if fault == nil, inner.isEmpty { throw .problem("key map \(GoQuote.quoted(key).text) has no value") }
        if !inner.isEmpty { Self.set(key, .map(inner), in: map) }
        if let fault { throw fault }
    }

    /// An empty key sets nothing.
    private static func set(_ key: ByteString, _ value: HelmValue, in map: HelmMap) {
        if !key.isEmpty { map[key] = value }
    }

    private mutating func value(for key: ByteString, in map: HelmMap) throws(Fault) {
        let (value, fault) = value()
        if let value { Self.set(key, value, in: map) }
        if let fault { throw fault }
    }

    static func mismatch(_ value: HelmValue, _ type: String) -> Fault {
        let name = value.isNull ? "nil" : value.typeName
        return .problem("unable to parse key: interface conversion: interface {} is \(name), not \(type)")
    }

    private static func list(_ value: HelmValue?) throws(Fault) -> [HelmValue] {
        guard let value else { return [] }
        guard case .list(let list) = value else { throw mismatch(value, "[]interface {}") }
        return list.elements
    }

    // MARK: - Lists

    private mutating func index() throws(Fault) -> Int {
        let (characters, stop) = characters(until: ["]"])
        guard stop != nil else { throw .end }
        let text = GoText.text(characters)
        let isPlain = characters.allSatisfy { $0 < 0x80 } && !text.text.isEmpty
        guard isPlain, let index = Int(text.text) else {
            let isNumber = !characters.isEmpty && characters.allSatisfy { $0 &- 48 < 10 }
            throw .problem(
                "error parsing index: strconv.Atoi: parsing \(GoQuote.quoted(text).text): "
                    + (isNumber ? "value out of range" : "invalid syntax"))
        }
        return index
    }

    /// The list with the item that the rest of the text is about; also where the text ends in the middle of it.
    private mutating func item(
        in list: [HelmValue], at index: Int, level: Int
    ) -> (list: [HelmValue], fault: Fault?) {
        var list = list
        listLevel += 1
        defer { listLevel -= 1 }
        do throws(Fault) {
            if listLevel > Self.maximumListLevels {
                throw .problem("more than \(Self.maximumListLevels) lists are nested in each other")
            }
            elements += max(list.count, min(index, Self.maximumIndex))
            if elements > Self.maximumElements {
                throw .problem("the lists of one argument have more than \(Self.maximumElements) elements")
            }
            if index < 0 { throw .problem("negative \(index) index not allowed") }
            let (characters, stop) = characters(until: ["[", ".", "="])
            if !characters.isEmpty {
                let quoted = characters.map { GoQuote.quoted(character: $0).text }.joined(separator: " ")
                throw .problem("unexpected data at end of array index: [\(quoted)]")
            }
            switch stop {
            case "=":
                let (value, fault) = value()
                if let fault, value == nil { throw fault }
                if let value { try Self.set(value, at: index, in: &list) }
                if isJSON, let fault { throw fault }
            case "[":
                let next = try self.index()
                let existing = index < list.count && !list[index].isNull ? list[index] : nil
                let inner = item(in: try Self.list(existing), at: next, level: level)
                if let fault = inner.fault { throw fault }
                try Self.set(.list(inner.list), at: index, in: &list)
            case ".": try member(of: &list, at: index, level: level)
            default: throw .end
            }
            return (list, nil)
        } catch {
            return (list, error)
        }
    }

    private mutating func member(of list: inout [HelmValue], at index: Int, level: Int) throws(Fault) {
        var inner = HelmMap()
        if index < list.count {
            if case .map(let map) = list[index] { inner = map } else { list[index] = .map(inner) }
        }
        try key(in: inner, level: level)
        try Self.set(.map(inner), at: index, in: &list)
    }

    private static func set(_ value: HelmValue, at index: Int, in list: inout [HelmValue]) throws(Fault) {
        if index > maximumIndex {
            throw .problem("index of \(index) is greater than maximum supported index of \(maximumIndex)")
        }
        while list.count <= index { list.append(.null) }
        list[index] = value
    }
}
