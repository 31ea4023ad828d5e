/// What a strict reading of Chart.yaml finds: names that are there twice, and names that mean nothing.
enum StrictMetadata {
    /// - Parameter members: of the text, which is YAML and has the right types.
    static func problem(in text: ByteString, _ members: HelmMap) -> ByteString? {
        let repeated = (try? YAMLRepetitions.lines(in: text)) ?? []
        if !repeated.isEmpty {
            return GoText.joined(
                ["error converting YAML to JSON: yaml: unmarshal errors:"] + repeated.map { ByteString("  \($0)") },
                by: "\n")
        }
        guard let unknown = unknown(in: members) else { return nil }
        return "error unmarshaling JSON: while decoding JSON: json: unknown field " + GoQuote.quoted(unknown)
    }

    private static func unknown(in members: HelmMap) -> ByteString? {
        for key in members.keys {
            let name = key.text.lowercased()
            guard fields.contains(name) else { return key }
            guard let inner = partFields[name] else { continue }
            for element in members[key]?.asList ?? [] {
                let unknown = element.asMap?.keys.first { !inner.contains($0.text.lowercased()) }
                if let unknown { return unknown }
            }
        }
        return nil
    }

    private static let fields: Set<String> = [
        "name", "home", "sources", "version", "description", "keywords", "maintainers", "icon", "apiversion",
        "condition",
        "tags", "appversion", "deprecated", "annotations", "kubeversion", "dependencies", "type",
    ]
    private static let partFields: [String: Set<String>] = [
        "maintainers": ["name", "email", "url"],
        "dependencies": [
            "name", "version", "repository", "condition", "tags", "enabled", "import-values", "alias",
        ],
    ]
}

/// Keys that a mapping has twice.
private struct YAMLRepetitions: ~Copyable {
    private var source: YAMLSource
    private var lines: [String] = []

    private init(_ bytes: UnsafeBufferPointer<UInt8>) throws(HelmError) {
        source = try YAMLSource(bytes)
    }

    /// A sentence for each, in the order in which go-yaml meets them: behind what the value itself has.
    static func lines(in text: ByteString) throws(HelmError) -> [String] {
        let bytes = text.isEmpty ? [UInt8(ascii: "\n")] : text.bytes
        let result: Result<[String], HelmError> = bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(HelmError) -> [String] in
                var finder = try YAMLRepetitions(buffer)
                _ = try finder.source.next()
                guard case .documentStart = try finder.source.next() else { return [] }
                try finder.node(try finder.source.next(), depth: 0)
                return finder.lines
            }
        }
        return try result.get()
    }

    private mutating func node(_ event: YAMLSource.Event, depth: Int) throws(HelmError) {
        guard depth < 1000 else { throw HelmError("yaml: exceeded max depth") }
        switch event {
        case .sequenceStart:
            while true {
                let event = try source.next()
                if case .sequenceEnd = event { return }
                try node(event, depth: depth + 1)
            }
        case .mappingStart: try mapping(depth: depth)
        default: return
        }
    }

    private mutating func mapping(depth: Int) throws(HelmError) {
        var keys: Set<[UInt8]> = []
        while true {
            let event = try source.next()
            if case .mappingEnd = event { return }
            var text: [UInt8]?
            if case .scalar(let scalar, _) = event { text = scalar.text } else { try node(event, depth: depth + 1) }
            let value = try source.next()
            let line = source.line
            try node(value, depth: depth + 1)
            if let text, !keys.insert(text).inserted {
                lines.append("line \(line): key \(GoQuote.quoted(ByteString(bytes: text)).text) already set in map")
            }
        }
    }
}
