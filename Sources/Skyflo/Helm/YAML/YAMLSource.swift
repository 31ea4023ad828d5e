import CLibYAML

/// libyaml's events of a text. Its scanner is that of go-yaml, so it finds the same faults in the same lines.
struct YAMLSource: ~Copyable {
    struct Scalar {
        var text: [UInt8]
        var tag: String?
        /// Whether the text says what the scalar is: it is plain and has no tag.
        var isImplicit: Bool
    }

    enum Event {
        case start, end, documentStart, documentEnd
        case alias(String)
        case scalar(Scalar, anchor: String?)
        case sequenceStart(anchor: String?), sequenceEnd
        case mappingStart(anchor: String?), mappingEnd
    }

    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)

    /// The line in which the last event began, from 1 on.
    private(set) var line = 0

    /// - Parameter bytes: stay where they are for as long as this does.
    init(_ bytes: UnsafeBufferPointer<UInt8>) throws(HelmError) {
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            throw HelmError("yaml: out of memory")
        }
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    mutating func next() throws(HelmError) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure }
        defer { yaml_event_delete(&event) }
        line = Int(event.start_mark.line) + 1
        switch event.type {
        case YAML_STREAM_END_EVENT: return .end
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_ALIAS_EVENT: return .alias(Self.text(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            return .scalar(
                Scalar(
                    text: Array(UnsafeBufferPointer(start: scalar.value, count: scalar.length)),
                    tag: Self.text(scalar.tag), isImplicit: scalar.plain_implicit == 1),
                anchor: Self.text(scalar.anchor))
        case YAML_SEQUENCE_START_EVENT: return .sequenceStart(anchor: Self.text(event.data.sequence_start.anchor))
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_START_EVENT: return .mappingStart(anchor: Self.text(event.data.mapping_start.anchor))
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        default: return .start
        }
    }

    /// go-yaml counts the lines of a scanner's errors from 1 and those of a parser's from 0, and leaves out line 0.
    private var failure: HelmError {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "unknown problem parsing YAML content"
        var line = Int(state.problem_mark.line)
        if line != 0 {
            if state.error == YAML_SCANNER_ERROR { line += 1 }
        } else {
            line = Int(state.context_mark.line)
        }
        return HelmError("yaml: \(line == 0 ? "" : "line \(line): ")\(problem)")
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }
}
