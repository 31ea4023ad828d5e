/// The methods of a `common.Values`.
enum ValuesMethods {
    static func method(_ name: ByteString, of map: HelmMap) -> TemplateFunction? {
        // Nearly all names are those of values.
        guard let first = name.bytes.first, first &- 65 < 26 else { return nil }
        return switch name {
        case "AsMap": TemplateFunction([], body: .plain { _, _ in .map(map.retyped(.any)) })
        case "Encode":
            TemplateFunction([.any], body: .plain { _, _ in throw HelmError("a template has no writer to encode to") })
        case "YAML": TemplateFunction([], body: .plain { _, _ in .string(try YAMLEmitter.marshal(.map(map))) })
        case "Table":
            TemplateFunction([.string], body: .plain { .map(try table($1.string(0), of: map).retyped(.values)) })
        case "PathValue":
            TemplateFunction([.string], returnsInterface: true, body: .plain { try value($1.string(0), of: map) })
        default: nil
        }
    }

    private static func table(_ path: ByteString, of map: HelmMap) throws -> HelmMap {
        var current = map
        for part in GoText.split(path, by: ".") {
            guard case .map(let next)? = current[part] else {
                throw HelmError(message: GoQuote.quoted(part) + " is not a table")
            }
            current = next
        }
        return current
    }

    private static func value(_ path: ByteString, of map: HelmMap) throws -> HelmValue {
        guard !path.isEmpty else { throw HelmError("YAML path cannot be empty") }
        var parts = GoText.split(path, by: ".")
        let last = parts.removeLast()
        let parent = parts.isEmpty ? map : try? table(GoText.joined(parts, by: "."), of: map)
        guard let value = parent?[last], value.asMap == nil else {
            throw HelmError(message: GoQuote.quoted(last) + " is not a value")
        }
        return value
    }
}

/// The methods of a `common.VersionSet`.
enum VersionSetMethods {
    static func method(_ name: ByteString, of list: HelmList) -> TemplateFunction? {
        guard name == "Has" else { return nil }
        return TemplateFunction(
            [.string],
            body: .plain { _, arguments in
                let version = arguments.string(0)
                return .bool(list.elements.contains { $0.asString == version })
            })
    }
}

/// The methods of `.Files`.
enum FilesMethods {
    static func method(_ name: ByteString, of files: HelmMap) -> TemplateFunction? {
        switch name {
        case "Get":
            TemplateFunction([.string], body: .plain { .string(ByteString(bytes: content($1.string(0), files))) })
        case "GetBytes": TemplateFunction([.string], body: .plain { .bytes(content($1.string(0), files)) })
        case "Lines": TemplateFunction([.string], body: .plain { .strings(try lines(of: $1.string(0), files)) })
        case "Glob": TemplateFunction([.string], body: .plain { .map(matching($1.string(0), files)) })
        case "AsConfig":
            TemplateFunction([], body: .plain { _, _ in yaml(of: files) { ByteString(bytes: $0) } })
        case "AsSecrets":
            TemplateFunction([], body: .plain { _, _ in yaml(of: files) { BaseCoding.base64.encoded($0) } })
        default: nil
        }
    }

    private static func content(_ name: ByteString, _ files: HelmMap) -> [UInt8] {
        if case .bytes(let bytes)? = files[name] { bytes } else { [] }
    }

    private static func lines(of name: ByteString, _ files: HelmMap) throws -> [ByteString] {
        guard files[name] != nil else { return [] }
        var bytes = content(name, files)
        guard !bytes.isEmpty else { throw HelmError("runtime error: index out of range [-1]") }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        return GoText.split(ByteString(bytes: bytes), by: "\n")
    }

    /// What is no pattern matches everything, as in Helm.
    private static func matching(_ pattern: ByteString, _ files: HelmMap) -> HelmMap {
        let glob = GlobPattern(pattern)
        return HelmMap(files.dictionary.filter { glob?.matches($0.key) ?? true }, type: .files)
    }

    private static func yaml(of files: HelmMap, _ text: ([UInt8]) -> ByteString) -> HelmValue {
        let map = HelmMap(type: .strings)
        // Of files with the same name the last by its path is taken.
        files.forEach { name, _ in map[GoPath.base(name)] = .string(text(content(name, files))) }
        return .string(HelmFunctions.yaml(of: .map(map)))
    }
}

/// A pattern of paths as the library `gobwas/glob` reads it: `*` ends at a slash, `**` doesn't.
struct GlobPattern {
    private indirect enum Part {
        case literal(UInt32)
        /// Any number of characters
        case any(crossesSlash: Bool)
        case single
        case oneOf([ClosedRange<UInt32>], isNegated: Bool)
        case alternatives([[Part]])
    }

    private var parts: [Part] = []

    /// Nil where the text is no pattern.
    init?(_ pattern: ByteString) {
        var reader = Reader(scalars: GoText.scalars(pattern)[...])
        guard let parts = reader.parts(inside: false), reader.scalars.isEmpty else { return nil }
        self.parts = parts
    }

    func matches(_ path: ByteString) -> Bool {
        var budget = 1_000_000
        return Self.matches(parts[...], GoText.scalars(path)[...], &budget)
    }

    private static let slash: UInt32 = 0x2f

    private static func matches(_ parts: ArraySlice<Part>, _ text: ArraySlice<UInt32>, _ budget: inout Int) -> Bool {
        budget -= 1
        guard budget > 0 else { return false }
        guard let part = parts.first else { return text.isEmpty }
        let rest = parts.dropFirst()
        switch part {
        case .literal(let scalar):
            return text.first == scalar && matches(rest, text.dropFirst(), &budget)
        case .single:
            return text.first.map { $0 != slash } == true && matches(rest, text.dropFirst(), &budget)
        case .oneOf(let ranges, let isNegated):
            guard let first = text.first else { return false }
            return ranges.contains { $0.contains(first) } != isNegated && matches(rest, text.dropFirst(), &budget)
        case .any(let crosses):
            var text = text
            while true {
                if matches(rest, text, &budget) { return true }
                guard let first = text.first, crosses || first != slash else { return false }
                text = text.dropFirst()
            }
        case .alternatives(let alternatives):
            for alternative in alternatives where matches(alternative[...] + rest, text, &budget) { return true }
            return false
        }
    }

    private struct Reader {
        var scalars: ArraySlice<UInt32>

        mutating func parts(inside: Bool) -> [Part]? {
            var parts: [Part] = []
            while let scalar = scalars.first {
                switch Unicode.Scalar(scalar) {
                case "," where inside, "}" where inside: return parts
                case "*":
                    let stars = scalars.prefix { $0 == scalar }.count
                    scalars = scalars.dropFirst(stars)
                    parts.append(.any(crossesSlash: stars > 1))
                    continue
                case "?": parts.append(.single)
                case "[":
                    guard let part = characterClass() else { return nil }
                    parts.append(part)
                    continue
                case "{":
                    guard let part = alternatives() else { return nil }
                    parts.append(part)
                    continue
                case "\\":
                    scalars = scalars.dropFirst()
                    guard let escaped = scalars.first else { return nil }
                    parts.append(.literal(escaped))
                default: parts.append(.literal(scalar))
                }
                scalars = scalars.dropFirst()
            }
            return inside ? nil : parts
        }

        private mutating func alternatives() -> Part? {
            var result: [[Part]] = []
            repeat {
                scalars = scalars.dropFirst()
                guard let parts = parts(inside: true) else { return nil }
                result.append(parts)
            } while scalars.first == 0x2c
            scalars = scalars.dropFirst()
            return .alternatives(result)
        }

        private mutating func characterClass() -> Part? {
            scalars = scalars.dropFirst()
            let isNegated = scalars.first == 0x21
            if isNegated { scalars = scalars.dropFirst() }
            guard let end = scalars.firstIndex(of: 0x5d), end > scalars.startIndex else { return nil }
            let members = Array(scalars[..<end])
            scalars = scalars[(end + 1)...]
            if members.count == 3, members[1] == 0x2d {
                guard members[0] <= members[2] else { return nil }
                return .oneOf([members[0]...members[2]], isNegated: isNegated)
            }
            if members.contains(0x2d), members.count > 1 { return nil }
            return .oneOf(members.map { $0...$0 }, isNegated: isNegated)
        }
    }
}
