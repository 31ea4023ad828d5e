import KubeModel
import KubeSchema

/// What a list asks for (`meta/v1 ListOptions`).
struct ListRequestOptions: Sendable {
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
        // "Any version will do" is answered from the watch cache, which gives no pages.
        if text == "0", token == nil { limit = nil }
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
        .invalidOptions("ListOptions", error: .forbidden("resourceVersionMatch", detail: why))
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

    /// With a token that goes on from the same place, in the list as it is then.
    static func tokenTooOld(_ token: ContinueToken) -> APIStatus {
        var status = APIStatus(
            code: 410, reason: .expired,
            message: "The provided continue parameter is too old to display a consistent list result. You can start a "
                + "new list without the continue parameter, or use the continue token in this response to retrieve the "
                + "remainder of the results. Continuing with the provided token results in an inconsistent list - "
                + "objects that were created, modified, or deleted between the time the first chunk was returned and "
                + "now may show up in the list.")
        status.continueToken = ContinueToken(version: nil, start: token.start).text
        return status
    }
}

/// What a watch asks for.
struct WatchRequestOptions: Sendable {
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
            throw ListRequestOptions.invalidMatch(
                "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")
        }
        if sendsInitial == nil, !match.isEmpty {
            throw ListRequestOptions.invalidMatch(
                "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
        }
        if !text.isEmpty, text != "0" {
            guard let number = UInt64(text) else { throw .internalError(ListRequestOptions.unreadable(text)) }
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
