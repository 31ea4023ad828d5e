/// What a client accepts, as far as this server offers it.
enum ResponseFormat: Sendable, Equatable {
    case json
    case yaml
    /// `as=Table` of meta.k8s.io/v1.
    case table
    /// `as=PartialObjectMetadata` and its list.
    case partialMetadata

    var isTable: Bool { self == .table }

    /// The first accepted one, in the client's order; nil when it accepts nothing that is offered. Protobuf is never
    /// chosen: clients that ask for it name JSON as well.
    static func negotiate(_ accept: String?) -> ResponseFormat? {
        guard let accept, !accept.isEmpty else { return .json }
        for range in MediaRange.parse(accept) {
            switch range.type {
            case "application/json", "*/*", "application/*":
                switch range.parameters["as"] {
                case nil: return .json
                case "Table" where range.parameters["v"] == "v1": return .table
                case "PartialObjectMetadata", "PartialObjectMetadataList": return .partialMetadata
                default: continue
                }
            case "application/yaml": return .yaml
            default: continue
            }
        }
        return nil
    }
}

/// One element of an Accept header.
struct MediaRange: Sendable {
    var type: String
    var parameters: [String: String]

    static func parse(_ header: String) -> [MediaRange] {
        header.split(separator: ",").map { element in
            let parts = element.split(separator: ";").map(trim)
            var parameters: [String: String] = [:]
            for part in parts.dropFirst() {
                let pair = part.split(separator: "=", maxSplits: 1).map(trim)
                if pair.count == 2 { parameters[pair[0]] = pair[1] }
            }
            return MediaRange(type: (parts.first ?? "").lowercased(), parameters: parameters)
        }
    }

    private static func trim(_ text: Substring) -> String {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
