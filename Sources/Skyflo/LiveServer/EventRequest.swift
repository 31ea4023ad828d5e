import Hummingbird
import KubeModel
import LiveEvents

/// What a client asks for.
struct EventRequest: Sendable, Hashable {
    var conversation: ObjectKey
    /// nil for the one that runs, or is about to, or ran last.
    var turn: Int?
    /// The last event that it has; nil for none.
    var after: EventNumber?

    static let nothing = APIStatus(code: 404, reason: .notFound, message: "there is nothing at this path")

    /// Of the path; nil for another one than that of events.
    static func place(in request: Request) -> ObjectKey? {
        let path = request.uri.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        guard path.count == 6, path[0] == "v1", path[1] == "namespaces", path[3] == "conversations",
            path[5] == "events",
            let namespace = PercentEncoding.decode(path[2][...]), let name = PercentEncoding.decode(path[4][...]),
            !namespace.isEmpty, !name.isEmpty, !namespace.contains("/"), !name.contains("/")
        else { return nil }
        return ObjectKey(namespace: namespace, name: name)
    }

    /// - Throws: `APIStatus` 404, 405 or 400.
    init(_ request: Request) throws(APIStatus) {
        guard let place = Self.place(in: request) else { throw Self.nothing }
        guard request.method == .get else {
            throw APIStatus(code: 405, reason: .methodNotAllowed, message: "events can only be read: GET")
        }
        conversation = place
        let query = request.uri.queryParameters
        if let text = query["turn"] {
            guard let number = Int(text), number > 0 else {
                throw APIStatus(code: 400, reason: .badRequest, message: "turn takes a number from 1")
            }
            turn = number
        }
        // A browser that comes back says it by the header; the query is where it began.
        if let text = request.header("Last-Event-ID").flatMap({ $0.isEmpty ? nil : $0 })
            ?? query["after"].map(String.init)
        {
            guard let number = EventNumber(text) else {
                throw APIStatus(code: 400, reason: .badRequest, message: "after takes the number of an event")
            }
            after = number
        }
    }
}
