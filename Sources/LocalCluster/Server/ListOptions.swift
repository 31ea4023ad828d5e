import KubeModel
import KubeSchema

/// What a list asks for (`meta/v1 ListOptions`).
struct ListOptions: Sendable {
    var limit: Int?
    var token: ContinueToken?
    /// nil for "any" (absent or 0).
    var version: UInt64?
    var isExact = false

    init(_ request: APIRequest) throws(APIStatus) {
        limit = request[query: "limit"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        if let text = request[query: "continue"], !text.isEmpty {
            guard let token = ContinueToken(text) else {
                throw .badRequest("invalid continue token: continue key is not valid: \(ContinueToken.problem(text))")
            }
            self.token = token
        }
        let text = request[query: "resourceVersion"] ?? ""
        if let match = request[query: "resourceVersionMatch"], !match.isEmpty {
            if text.isEmpty {
                throw Self.invalidMatch("resourceVersionMatch is forbidden unless resourceVersion is provided")
            }
            isExact = match == "Exact"
        }
        guard !text.isEmpty, text != "0" else { return }
        guard let number = UInt64(text) else {
            throw .badRequest("invalid resource version: \(Self.unreadable(text))")
        }
        version = number
    }

    static func unreadable(_ text: String) -> String {
        "resourceVersion: Invalid value: \"\(text)\": strconv.ParseUint: parsing \"\(text)\": invalid syntax"
    }

    static func invalidMatch(_ why: String) -> APIStatus {
        .invalidOptions("ListOptions", .forbidden("resourceVersionMatch", why))
    }

    func tooLarge(_ current: UInt64) -> APIStatus {
        APIStatus(
            code: 504, reason: .timeout,
            message: "Timeout: Too large resource version: \(version ?? 0), current: \(current)",
            causes: [.init(reason: "ResourceVersionTooLarge", field: "", message: "Too large resource version")],
            retryAfterSeconds: 1)
    }

    static let versionTooOld = APIStatus(
        code: 410, reason: .expired, message: "The resourceVersion for the provided list is too old.")

    static let tokenTooOld = APIStatus(
        code: 410, reason: .expired,
        message: "The provided continue parameter is too old to display a consistent list result. You must start a new "
            + "list without the continue parameter.")
}

/// Where the next page of a list begins, and of which version all its pages are.
struct ContinueToken: Sendable, Hashable {
    var version: UInt64
    /// The last key of the page before.
    var start: ObjectKey

    init(version: UInt64, start: ObjectKey) {
        self.version = version
        self.start = start
    }

    /// What is wrong with a text that is no token.
    static func problem(_ text: String) -> String {
        guard let bytes = Base64.decodeURL(text) else { return "illegal base64 data" }
        do throws(JSONParser.Failure) {
            _ = try JSONParser.parse(bytes)
            return "unknown version"
        } catch {
            return GoJSONError.text(error, in: bytes)
        }
    }

    init?(_ text: String) {
        guard let bytes = Base64.decodeURL(text), let json = try? JSONParser.parse(bytes),
            json["v"]?.string == "meta.k8s.io/v1", let version = json["rv"]?.int, version >= 0,
            let start = json["start"]?.string
        else { return nil }
        let parts = start.split(separator: "/", maxSplits: 1).map(String.init)
        guard let first = parts.first else { return nil }
        self.version = UInt64(version)
        self.start = parts.count == 2 ? ObjectKey(namespace: first, name: parts[1]) : ObjectKey(name: first)
    }

    var text: String {
        Base64.encodeURL(
            JSONWriter.bytes(["v": "meta.k8s.io/v1", "rv": .int(Int64(version)), "start": .string(start.description)]))
    }
}

/// What a watch asks for.
struct WatchOptions: Sendable {
    enum Start: Sendable, Equatable {
        /// Objects as they are, then changes.
        case current
        case after(UInt64)
    }

    var start = Start.current
    var timeout: Duration
    var allowsBookmarks: Bool
    /// A bookmark marks the end of the initial objects (KEP-3157).
    var marksInitialEnd = false

    init(_ request: APIRequest) throws(APIStatus) {
        allowsBookmarks = request.flag("allowWatchBookmarks")
        // As a real server: somewhere between its minimum and twice that, so that clients don't all come back at once.
        let seconds = request[query: "timeoutSeconds"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        timeout = .seconds(seconds ?? Int.random(in: 1800...3600))
        let text = request[query: "resourceVersion"] ?? ""
        let match = request[query: "resourceVersionMatch"] ?? ""
        let sendsInitial = request[query: "sendInitialEvents"].map { $0 == "true" || $0 == "1" }
        guard sendsInitial == nil || match == "NotOlderThan" else {
            throw ListOptions.invalidMatch("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")
        }
        if sendsInitial == nil, !match.isEmpty {
            throw ListOptions.invalidMatch(
                "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
        }
        if !text.isEmpty, text != "0" {
            guard let number = UInt64(text) else { throw .internalError(ListOptions.unreadable(text)) }
            start = .after(number)
        }
        switch sendsInitial {
        case true?:
            start = .current
            marksInitialEnd = allowsBookmarks
        case false? where start == .current: start = .after(.max)
        default: break
        }
    }
}
