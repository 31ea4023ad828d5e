import CLibYAML

/// libyaml's events of a text (YAML 1.1), one after the other.
struct YAMLEvents: ~Copyable {
    enum Event {
        case streamStart, streamEnd, documentStart, documentEnd
        case alias(String)
        case scalar(YAMLNode.Scalar, anchor: String?)
        case sequenceStart(anchor: String?), sequenceEnd
        case mappingStart(anchor: String?), mappingEnd
    }

    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)

    /// - Parameter bytes: UTF-8, which stays where it is for as long as this does.
    init(_ bytes: UnsafeBufferPointer<UInt8>) throws(YAML.Failure) {
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            throw YAML.Failure(description: "YAML can't be read: out of memory")
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// - Throws: where the text isn't YAML. The message has a line and a column, and nothing of the text, which may be secret.
    mutating func next() throws(YAML.Failure) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure }
        defer { yaml_event_delete(&event) }
        switch event.type {
        case YAML_STREAM_END_EVENT: return .streamEnd
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_ALIAS_EVENT: return .alias(Self.text(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return .scalar(
                YAMLNode.Scalar(
                    text: String(decoding: bytes, as: UTF8.self), tag: Self.text(scalar.tag) ?? "",
                    isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE),
                anchor: Self.text(scalar.anchor))
        case YAML_SEQUENCE_START_EVENT: return .sequenceStart(anchor: Self.text(event.data.sequence_start.anchor))
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_START_EVENT: return .mappingStart(anchor: Self.text(event.data.mapping_start.anchor))
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        default: return .streamStart
        }
    }

    private var failure: YAML.Failure {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "it can't be read"
        let mark = parser.pointee.problem_mark
        return YAML.Failure(
            "invalid YAML: \(problem)", at: .init(line: Int(mark.line) + 1, column: Int(mark.column) + 1))
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }
}
