/// A value as it is written, before its scalars have types. Aliases are what they stand for; they share its storage.
indirect enum YAMLNode {
    struct Scalar {
        var text: String
        /// Empty where none is written.
        var tag: String
        var isPlain: Bool
    }

    case scalar(Scalar)
    case sequence([YAMLNode])
    case mapping([(key: YAMLNode, value: YAMLNode)])

    /// The documents of a text, in order.
    static func documents(of text: String) throws(YAML.Failure) -> [YAMLNode] {
        var text = text
        let result = text.withUTF8 { bytes in
            Result { () throws(YAML.Failure) in
                var composer = Composer(events: try YAMLEvents(bytes))
                return try composer.documents()
            }
        }
        return try result.get()
    }

    /// Makes nodes of events.
    private struct Composer: ~Copyable {
        var events: YAMLEvents
        /// By name, as last written in this document.
        var anchors: [String: YAMLNode] = [:]

        init(events: consuming YAMLEvents) { self.events = events }

        mutating func documents() throws(YAML.Failure) -> [YAMLNode] {
            var documents: [YAMLNode] = []
            while true {
                switch try events.next() {
                case .streamEnd: return documents
                case .documentStart:
                    anchors = [:]
                    if let node = try node(depth: 0) { documents.append(node) }
                default: continue
                }
            }
        }

        /// - Returns: nil at the end of what it is part of.
        private mutating func node(depth: Int) throws(YAML.Failure) -> YAMLNode? {
            guard depth <= JSONParser.maximumDepth else { throw YAML.Failure(description: "invalid YAML: too deep") }
            switch try events.next() {
            case .scalar(let scalar, let anchor): return named(.scalar(scalar), anchor: anchor)
            case .sequenceStart(let anchor):
                var elements: [YAMLNode] = []
                while let element = try node(depth: depth + 1) { elements.append(element) }
                return named(.sequence(elements), anchor: anchor)
            case .mappingStart(let anchor):
                var members: [(key: YAMLNode, value: YAMLNode)] = []
                while let key = try node(depth: depth + 1), let value = try node(depth: depth + 1) {
                    members.append((key, value))
                }
                return named(.mapping(members), anchor: anchor)
            case .alias(let name):
                guard let node = anchors[name] else {
                    throw YAML.Failure(description: "invalid YAML: an alias without its anchor")
                }
                return node
            case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd: return nil
            }
        }

        private mutating func named(_ node: YAMLNode, anchor: String?) -> YAMLNode {
            if let anchor { anchors[anchor] = node }
            return node
        }
    }
}
