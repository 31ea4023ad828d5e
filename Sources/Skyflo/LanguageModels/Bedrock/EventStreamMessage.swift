/// One message of `application/vnd.amazon.eventstream`.
struct EventStreamMessage: Sendable, Hashable {
    /// Those with text as their value. Other types are read over: nothing that is needed here has one.
    var headers: [String: String]
    var payload: [UInt8]

    /// `event`, `exception` or `error`.
    var messageType: String { headers[":message-type"] ?? "" }
    var eventType: String { headers[":event-type"] ?? "" }
}

extension EventStreamMessage {
    /// - Parameter bytes: of the headers of a message.
    /// - Returns: nil where they are malformed.
    static func headers(_ bytes: ArraySlice<UInt8>) -> [String: String]? {
        var rest = bytes
        var headers: [String: String] = [:]
        while let length = rest.popFirst() {
            guard length > 0, let name = take(Int(length), from: &rest), let type = rest.popFirst(),
                let size = size(of: type, in: &rest), let value = take(size, from: &rest)
            else { return nil }
            if type == 7 { headers[String(decoding: name, as: UTF8.self)] = String(decoding: value, as: UTF8.self) }
        }
        return headers
    }

    private static func take(_ count: Int, from rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// How many bytes the value of a header has; nil for a type that doesn't exist.
    private static func size(of type: UInt8, in rest: inout ArraySlice<UInt8>) -> Int? {
        switch type {
        case 0, 1: 0  // true and false
        case 2: 1
        case 3: 2
        case 4: 4
        case 5, 8: 8  // a long, a point in time
        case 6, 7: take(2, from: &rest).map { $0.reduce(0) { $0 << 8 | Int($1) } }
        case 9: 16
        default: nil
        }
    }
}
